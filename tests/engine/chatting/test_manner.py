"""How a model is asked, and what becomes of wishes that it does not heed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from engine.chat import ChatSession, Sampling
from engine.chatting.endpoints import HostedEndpoint
from engine.chatting.manner import Manner
from engine.chatting.turns import ChatError
from engine.errors import ProviderError
from engine.lab import Lab
from tests.engine.chatting.conftest import opened
from tests.standin import faults
from tests.standin.errors import ApiError, bad_request

if TYPE_CHECKING:
    from tests.standin.standin import Standin

_CHAT, _COMPLETIONS = "/chat/completions", "/completions"
_WISHES = Sampling(0.0, 50, 7, ("END",))
Open = Callable[..., ChatSession]


@pytest.fixture
def open_session(hosted: Lab) -> Iterator[Open]:
    """Opens conversations that are closed after the test."""
    sessions: list[ChatSession] = []

    def open_one(model: str = "gpt-4o", **options: Any) -> ChatSession:  # noqa: ANN401
        sessions.append(ChatSession(HostedEndpoint(*opened(hosted)), model, **options))
        return sessions[-1]

    yield open_one
    for session in sessions:
        session.close()


def _sent(standin: Standin, path: str) -> dict[str, Any]:
    """Return what was last asked there."""
    sent = standin.asked("POST", path)[-1].json
    assert sent is not None
    return sent


def _turn(session: ChatSession, question: str = "How much?") -> tuple[str, tuple[str, ...]]:
    answer = "".join(session.ask(question))
    assert session.last_turn is not None
    return answer, session.last_turn.left_out


@pytest.mark.parametrize("known", [True, False])
def test_a_legacy_model_completes_the_question_alone(
    standin: Standin, open_session: Open, known: bool
) -> None:
    model = standin.past_job(model="davinci-002").fine_tuned_model
    standin.answer(" two euros.\nBread is")
    sampling = Sampling(0.0, 50, 7, ("\n",))
    session = open_session(model, sampling=sampling, completes=known)
    list(session.ask("A cake is"))
    assert _turn(session, "A croissant is ") == (" two euros.", ())
    assert session.completes
    assert _sent(standin, _COMPLETIONS) == {
        "model": model,
        "prompt": "A croissant is ",
        "temperature": 0.0,
        "max_tokens": 50,
        "seed": 7,
        "stop": ["\n"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    turn = session.last_turn
    assert turn is not None
    assert (turn.prompt_tokens, turn.completion_tokens, turn.finish_reason) == (4, 3, "stop")
    assert standin.count("POST", _CHAT) == (0 if known else 1)


def test_a_system_prompt_stands_before_what_is_completed(
    standin: Standin, open_session: Open
) -> None:
    session = open_session("babbage-002", system="Prices:", completes=True)
    list(session.ask("A croissant is"))
    assert _sent(standin, _COMPLETIONS)["prompt"] == "Prices:\n\nA croissant is"


def test_a_legacy_answer_that_breaks_off_keeps_what_came(
    standin: Standin, open_session: Open
) -> None:
    standin.answer("one two three four")
    standin.inject(faults.stream_broken(2), "POST", _COMPLETIONS)
    session = open_session("davinci-002", completes=True)
    pieces: list[str] = []
    with pytest.raises(ProviderError, match="before the end of the answer"):
        pieces.extend(session.ask("Count"))
    assert pieces == ["one", " two"]


_NO_TEMPERATURE = bad_request(
    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) "
    "value is supported.",
    param="temperature",
    code="unsupported_value",
)
_NO_SEED = ApiError(400, "Unrecognized request argument supplied: seed")


def test_a_wish_that_the_model_does_not_heed_is_left_out_and_told(
    standin: Standin, open_session: Open
) -> None:
    standin.answer("Two euros.")
    for refusal in (_NO_TEMPERATURE, _NO_SEED):
        standin.inject(faults.refused(refusal), "POST", _CHAT)
    session = open_session(sampling=_WISHES)
    assert _turn(session) == ("Two euros.", ("temperature", "seed"))
    assert _turn(session) == ("Two euros.", ("temperature", "seed"))
    assert _sent(standin, _CHAT).keys() == {
        *("model", "messages", "stream", "max_completion_tokens", "stop", "stream_options")
    }
    assert standin.count("POST", _CHAT) == 4


def test_an_older_service_is_told_the_limit_in_its_own_word_and_nothing_of_usage(
    standin: Standin, open_session: Open
) -> None:
    standin.answer("Two euros.")
    for name in ("max_completion_tokens", "stream_options"):
        refusal = ApiError(400, f"Unrecognized request argument supplied: {name}")
        standin.inject(faults.refused(refusal), "POST", _CHAT)
    session = open_session(sampling=_WISHES)
    assert _turn(session) == ("Two euros.", ())
    sent = _sent(standin, _CHAT)
    assert sent["max_tokens"] == 50
    assert not sent.keys() & {"max_completion_tokens", "stream_options"}
    assert session.last_turn is not None
    assert session.last_turn.completion_tokens is None


@pytest.mark.parametrize(
    "refusal",
    [
        bad_request(
            "max_tokens is too large: 99999. This model supports at most 16384 completion tokens.",
            param="max_completion_tokens",
            code="invalid_value",
        ),
        bad_request("Invalid 'temperature': expected a value up to 2.", param="temperature"),
        bad_request("Unsupported value: the tools are none.", param="tools"),
    ],
)
def test_a_wish_that_is_wrong_is_refused_and_not_left_out(
    standin: Standin, open_session: Open, refusal: ApiError
) -> None:
    standin.inject(faults.refused(refusal), "POST", _CHAT)
    with pytest.raises(ProviderError, match="refused the request"):
        list(open_session(sampling=_WISHES).ask("How much?"))
    assert standin.count("POST", _CHAT) == 1


def test_azures_word_for_a_legacy_model_is_understood() -> None:
    manner = Manner(_WISHES)
    refusal = "The chatCompletion operation does not work with the specified model, davinci-002."
    assert manner.adapt(ProviderError(refusal, "bad_request", code="OperationNotSupported"))
    assert manner.completes
    assert not manner.adapt(ProviderError(refusal, "bad_request", code="OperationNotSupported"))


def test_a_local_models_refusal_changes_nothing() -> None:
    assert not Manner(_WISHES).adapt(ChatError("'temperature' is not supported here."))
