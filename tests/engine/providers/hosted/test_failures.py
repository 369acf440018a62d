"""What the openai client raises, in plain words."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import FailureKind, ProviderError
from engine.keys import Key
from engine.profiles import Profile
from engine.providers.hosted.clients import open_blocking_client
from engine.providers.hosted.failures import told
from tests.engine.providers.hosted.loopback import (
    Answer,
    Fault,
    Service,
    failure_of,
    refusal,
    running,
)

_TEXT = "sk-proj-Zq7Xw2mN9rT4vB8kL3"
_KEY = Key(_TEXT, "OPENAI_API_KEY in the environment")
_JOBS = "/v1/fine_tuning/jobs"


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        yield found


async def _failure(profile: Profile, seconds: float = 30.0) -> ProviderError:
    return await failure_of(profile, _KEY, seconds)


_MISSING = "You have insufficient permissions for this operation. Missing scopes: api.files.read."


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            refusal(401, f"Incorrect API key provided: {_TEXT}.", "invalid_api_key"),
            "authentication",
            "here refused the key from OPENAI_API_KEY in the environment: is it whole",
        ),
        (
            refusal(401, "No such organization: org-x.", "invalid_organization"),
            "authentication",
            "here: the key from OPENAI_API_KEY in the environment is not one of the organization",
        ),
        (
            refusal(403, _MISSING, "missing_scope"),
            "permission",
            f"here does not let this key do that: {_MISSING.rstrip('.')}",
        ),
        (refusal(401, _MISSING), "permission", "Missing scopes: api.files.read"),
        (Answer(401, {"error": _MISSING}), "permission", "Missing scopes: api.files.read"),
        (
            refusal(403, "Fine-tuning is not available.", "training_not_available"),
            "closed",
            "takes no new fine-tuning jobs of this organization: Fine-tuning is not available",
        ),
        (
            refusal(404, "No such File object: file-x", param="id"),
            "not_found",
            "here has no such thing: No such File object: file-x",
        ),
        (
            refusal(400, "Invalid training file.", "invalid_file", param="training_file"),
            "bad_request",
            "here refused the request (400): Invalid training file (field training_file)",
        ),
        (Answer(422, {"detail": "No."}), "bad_request", "refused the request (422): No"),
        (refusal(409, "Busy."), "conflict", "refused the request (409): Busy"),
        (
            refusal(429, "Slow down.", "rate_limit_exceeded", headers={"Retry-After": "7"}),
            "rate_limit",
            "here is asked too often: Slow down. It asks to wait 7 s",
        ),
        (
            refusal(429, "You exceeded your quota.", kind="insufficient_quota"),
            "quota",
            "the account at here has no money or no quota left: You exceeded your quota: waiting",
        ),
        (refusal(400, "Hard limit.", "billing_hard_limit_reached"), "quota", "no money"),
        (refusal(402, "Pay."), "quota", "no money"),
        (refusal(500, "The server had an error."), "server", "failed at its own end (500): The"),
        (Answer(503, "<html>Bad gateway</html>", kind="text/html"), "server", "own end (503)"),
        (Answer(529, "overloaded", kind="text/plain"), "server", "own end (529): overloaded"),
        (Answer(403, ""), "permission", "here does not let this key do that"),
        (Answer(403, []), "permission", "here does not let this key do that"),
    ],
)
async def test_every_refusal_has_a_kind_and_plain_words(
    service: Service, answer: Answer, kind: FailureKind, words: str
) -> None:
    service.answers[_JOBS] = answer
    failure = await _failure(service.profile())
    assert failure.kind == kind
    assert words in str(failure)
    assert failure.status == answer.status
    assert "<html>" not in str(failure)


@pytest.mark.parametrize(
    ("kind", "answer", "again", "refused"),
    [
        ("authentication", refusal(401, "x"), False, True),
        ("permission", refusal(403, "x"), False, True),
        ("closed", refusal(403, "x", "training_not_available"), False, True),
        ("not_found", refusal(404, "x"), False, True),
        ("bad_request", refusal(400, "x"), False, True),
        ("quota", refusal(429, "x", "insufficient_quota"), False, True),
        ("rate_limit", refusal(429, "x"), True, True),
        ("conflict", refusal(409, "x"), True, True),
        ("timeout", refusal(408, "x"), True, False),
        ("server", refusal(503, "x"), True, False),
        ("server", refusal(503, "x", headers={"x-should-retry": "false"}), False, False),
        ("bad_request", refusal(400, "x", headers={"x-should-retry": "true"}), True, True),
        ("unreadable", Answer(body='{"data": ['), True, False),
        ("connection", Answer(fault="reset"), True, False),
    ],
)
async def test_what_is_worth_another_try_is_told(
    service: Service, kind: FailureKind, answer: Answer, again: bool, refused: bool
) -> None:
    service.answers[_JOBS] = answer
    failure = await _failure(service.profile())
    assert (failure.kind, failure.retriable, failure.refused) == (kind, again, refused)


async def test_code_field_request_and_waiting_time_are_kept(service: Service) -> None:
    headers = {"Retry-After": "125", "x-request-id": "req_123"}
    service.answers[_JOBS] = refusal(
        429, "Slow.", "rate_limit_exceeded", param="n", headers=headers
    )
    failure = await _failure(service.profile())
    assert (failure.code, failure.param) == ("rate_limit_exceeded", "n")
    assert (failure.request_id, failure.retry_after) == ("req_123", 125.0)


@pytest.mark.parametrize(
    "body",
    [
        '{"data": [{"id": "ftjob-1"',
        "",
        "null",
        "[1, 2]",
        '"text"',
        "not JSON at all",
        '{"data": "\\ud8',
    ],
)
async def test_an_answer_that_is_cut_off_or_of_another_shape_is_unreadable(
    service: Service, body: str
) -> None:
    service.answers[_JOBS] = Answer(body=body)
    failure = await _failure(service.profile())
    assert failure.kind == "unreadable"
    assert "is cut off, or none of this API" in str(failure)


@pytest.mark.parametrize("fault", ["reset", "cut off"])
async def test_a_connection_that_breaks_is_told(service: Service, fault: Fault) -> None:
    service.answers[_JOBS] = Answer(fault=fault)
    failure = await _failure(service.profile())
    assert failure.kind == "connection"
    assert f"the connection to {service.profile().host} broke off" in str(failure)


async def test_a_service_that_does_not_answer_is_told(service: Service) -> None:
    service.answers[_JOBS] = Answer(fault="silent")
    failure = await _failure(service.profile(), seconds=0.2)
    assert failure.kind == "timeout"
    assert str(failure) == f"{service.profile().host} did not answer in time"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500])
async def test_no_part_of_the_key_is_repeated(service: Service, status: int) -> None:
    masked = f"{_TEXT[:8]}{'*' * 14}{_TEXT[-4:]}"
    said = f"{_TEXT} or {masked}, that is Bearer {_TEXT}; ends in {_TEXT[-4:]}. Missing."
    headers = {"x-request-id": f"req_{_TEXT}"}
    refused = refusal(status, said, f"bad_{_TEXT}", param=_TEXT, headers=headers)
    service.answers[_JOBS] = refused
    failure = await _failure(service.profile())
    shown = "".join(traceback.format_exception(failure)) + repr(vars(failure))
    assert _TEXT[:8] not in shown
    assert _TEXT[-4:] not in shown


async def test_a_long_complaint_is_cut(service: Service) -> None:
    service.answers[_JOBS] = refusal(400, "on and\n on " * 9999)
    failure = await _failure(service.profile())
    assert len(str(failure)) < 500
    assert "\n" not in str(failure)


async def test_an_error_in_the_middle_of_a_streamed_answer_is_told(service: Service) -> None:
    events = 'data: {"error": {"message": "The model is overloaded."}}\n\n'
    service.answers["/v1/chat/completions"] = Answer(body=events, kind="text/event-stream")
    with pytest.raises(ProviderError, match="broke off its answer: The model is overloaded"):
        _chat(service.profile())


@pytest.mark.parametrize("error", [KeyError("x"), AttributeError("x"), FileNotFoundError("x")])
def test_what_is_no_client_s_error_is_left_as_it_is(service: Service, error: Exception) -> None:
    with pytest.raises(type(error)) as raised, told(service.profile(), _KEY):
        raise error
    assert raised.value is error


def test_a_failure_that_is_told_already_stays(service: Service) -> None:
    failure = ProviderError("x", "closed")
    with pytest.raises(ProviderError) as raised, told(service.profile(), _KEY):
        raise failure
    assert raised.value is failure


def _chat(profile: Profile) -> None:
    with told(profile, _KEY), open_blocking_client(profile, _KEY) as client:
        messages: Any = [{"role": "user", "content": "Hello?"}]
        list(client.chat.completions.create(model="m", messages=messages, stream=True))
