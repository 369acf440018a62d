from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.standin import faults
from tests.standin.examples import training_file

if TYPE_CHECKING:
    from tests.standin.standin import Standin

JOBS = "/fine_tuning/jobs"


def list_jobs(client: openai.OpenAI) -> list[str]:
    return [job.id for job in client.fine_tuning.jobs.list(limit=3)]


def create(standin: Standin, client: openai.OpenAI) -> None:
    file = standin.add_file(
        "train.jsonl", training_file("supervised", "gpt-4o-mini-2024-07-18", 12)
    )
    client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file.id)


@pytest.mark.parametrize(
    ("fault", "raised", "code"),
    [
        (faults.rate_limited(), openai.RateLimitError, "rate_limit_exceeded"),
        (faults.out_of_quota(), openai.RateLimitError, "insufficient_quota"),
        (faults.server_error(500), openai.InternalServerError, None),
        (faults.server_error(503), openai.InternalServerError, None),
        (faults.missing_scope("api.model.read"), openai.PermissionDeniedError, "missing_scope"),
        (faults.gone(), openai.NotFoundError, None),
        (faults.not_json(), openai.InternalServerError, None),
    ],
)
def test_refusals_come_as_often_as_asked_for(
    standin: Standin,
    client: openai.OpenAI,
    fault: Any,  # noqa: ANN401
    raised: type[openai.APIStatusError],
    code: str | None,
) -> None:
    injection = standin.inject(fault, "GET", JOBS, times=2, after=1)
    list_jobs(client)
    for _ in range(2):
        with pytest.raises(raised) as refused:
            list_jobs(client)
        assert refused.value.code == code
    list_jobs(client)
    assert injection.met == 2
    assert [exchange.acted for exchange in standin.requests] == [True, False, False, True]


def test_says_when_to_come_back_in_seconds_or_as_a_date(
    standin: Standin, client: openai.OpenAI
) -> None:
    standin.inject(faults.rate_limited(1.5), "*", "/**")
    standin.inject(faults.rate_limited(timedelta(seconds=30)), "*", "/**")
    waits = []
    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as refused:
            list_jobs(client)
        waits.append(refused.value.response.headers["retry-after"])
    assert waits[0] == "1.5"
    assert waits[1].endswith("GMT")


def test_the_client_itself_comes_back_when_told(standin: Standin, client: openai.OpenAI) -> None:
    standin.inject(faults.rate_limited(0.01), "GET", JOBS, times=2)
    client.with_options(max_retries=2).fine_tuning.jobs.list()
    assert [exchange.retry for exchange in standin.requests] == [0, 1, 2]
    assert [exchange.status for exchange in standin.requests] == [429, 429, 200]


def test_a_reset_comes_before_the_action_or_after_it(
    standin: Standin, client: openai.OpenAI
) -> None:
    for fault, jobs in ((faults.reset_before(), 0), (faults.reset_after(), 1)):
        standin.inject(fault, "POST", JOBS)
        with pytest.raises(openai.APIConnectionError) as broken:
            create(standin, client)
        assert "reset" in str(broken.value.__cause__).lower()
        assert len(standin.jobs) == jobs
    assert [exchange.status for exchange in standin.requests] == [None, None]
    assert [exchange.acted for exchange in standin.requests] == [False, True]


def test_an_impatient_client_makes_a_second_job(standin: Standin, client: openai.OpenAI) -> None:
    standin.inject(faults.reset_after(), "POST", JOBS)
    create(standin, client.with_options(max_retries=2))
    assert len(standin.jobs) == 2


def test_an_answer_breaks_off_in_the_middle(standin: Standin, client: openai.OpenAI) -> None:
    standin.past_job()
    standin.inject(faults.reset_midway(), "GET", JOBS)
    with pytest.raises(openai.APIConnectionError):
        list_jobs(client)
    standin.inject(faults.truncated(), "GET", JOBS)
    with pytest.raises(json.JSONDecodeError):
        list_jobs(client)


def test_answers_come_late_whole_or_in_the_middle(standin: Standin, client: openai.OpenAI) -> None:
    impatient = client.with_options(timeout=0.1)
    for fault in (faults.slow(30), faults.slow_midway(30)):
        standin.inject(fault, "POST", JOBS)
        with pytest.raises(openai.APITimeoutError):
            create(standin, impatient)
    assert len(standin.jobs) == 2
    standin.inject(faults.slow_midway(0.02), "GET", JOBS)
    began = time.monotonic()
    assert len(list_jobs(client)) == 2
    assert time.monotonic() - began >= 0.02


def test_a_stream_breaks_off_at_a_share_of_it(standin: Standin, client: openai.OpenAI) -> None:
    standin.answer("one two three four five")  # with the beginning, the end and the mark: eight
    standin.inject(faults.reset_midway(0.5), "POST", "/chat/completions")
    with client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "count"}], stream=True
    ) as stream:
        said = [next(stream).choices[0].delta.content for _ in range(4)]
        with pytest.raises(openai.APIConnectionError):
            next(stream)
    assert said == ["", "one", " two", " three"]


def test_items_repeat_over_the_borders_of_pages(standin: Standin, client: openai.OpenAI) -> None:
    ids = [job.id for job in standin.past_jobs(7)][::-1]
    standin.inject(faults.items_repeated(2), "GET", JOBS, times=None)
    assert list_jobs(client) == [*ids[:3], *ids[1:6], *ids[4:]]


def test_items_come_in_another_order(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.past_job()
    told = client.fine_tuning.jobs.list_events(job.id, limit=7)
    right = [event.id for event in told]
    standin.inject(faults.items_reordered(3), "GET", f"{JOBS}/*/events", times=None)
    mixed = [event.id for event in client.fine_tuning.jobs.list_events(job.id, limit=7)]
    assert mixed != right
    assert sorted(mixed) == sorted(right)


def test_items_are_left_out_and_appear_later(standin: Standin, client: openai.OpenAI) -> None:
    ids = [job.id for job in standin.past_jobs(3)][::-1]
    standin.inject(faults.items_left_out(lambda place, _: place == 1), "GET", JOBS)
    assert list_jobs(client) == [ids[0], ids[2]]
    assert list_jobs(client) == ids


def test_words_and_fields_that_nobody_published(standin: Standin, client: openai.OpenAI) -> None:
    job = standin.past_job()
    standin.inject(faults.unknown_words(), "GET", f"{JOBS}/**", times=2)
    strange = client.fine_tuning.jobs.retrieve(job.id)
    assert strange.to_dict()["status"] == "reticulating"
    assert "surprise" in strange.to_dict()
    event = client.fine_tuning.jobs.list_events(job.id).data[0]
    assert event.to_dict()["type"] == "prophecy"
    standin.inject(faults.with_fields(finished_at=None), "GET", f"{JOBS}/*")
    assert client.fine_tuning.jobs.retrieve(job.id).finished_at is None


@pytest.mark.parametrize("body", [faults.BROKEN_CSV, faults.BROKEN_BASE64, faults.EMPTY])
def test_result_files_are_broken(standin: Standin, client: openai.OpenAI, body: bytes) -> None:
    job = standin.past_job()
    standin.inject(faults.content(body), "GET", "/files/*/content")
    assert client.files.content(job.result_files[0]).read() == body


def test_nothing_gets_through_while_it_is_offline(standin: Standin, client: openai.OpenAI) -> None:
    with standin.offline():
        for _ in range(3):
            with pytest.raises(openai.APIConnectionError):
                list_jobs(client)
    assert list_jobs(client) == []


def test_an_injection_can_be_lifted(standin: Standin, client: openai.OpenAI) -> None:
    injection = standin.inject(faults.server_error(), "*", "/**", times=None)
    with pytest.raises(openai.InternalServerError):
        list_jobs(client)
    injection.lift()
    assert list_jobs(client) == []


def test_the_clock_of_its_answers_can_be_wrong(standin: Standin, client: openai.OpenAI) -> None:
    standin.behaviour.clock_skew = 365 * 86_400
    answered = client.models.with_raw_response.list()
    assert answered.headers["date"].endswith("GMT")
    assert str(time.gmtime().tm_year + 1) in answered.headers["date"]
