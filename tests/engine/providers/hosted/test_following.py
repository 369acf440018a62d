from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.errors import ProviderError
from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from store.events import JobMessageReceived, JobStatusChanged, ResultFileGone, ResultFileSaved
from store.queries.hosted import result_files, taken_events
from store.queries.jobs import checkpoints
from store.queries.metrics import series, series_list
from store.queries.models import model_list
from tests.engine.providers.hosted.conftest import Follow, look
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.injection import Fault
    from tests.standin.standin import Standin


def test_a_running_job_shows_its_status_metrics_and_messages(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.live_job("running")
    standin.advance(remote.id, steps=3)
    job = look(lab, provider, follow(remote.id))
    assert (job.status, job.step) == ("running", 3)
    assert job.total_steps is not None
    assert job.loss is not None
    assert list(series(lab.database.reader, job.id, "train_loss").steps) == [1, 2, 3]
    assert any(isinstance(fact, JobMessageReceived) for fact in lab.log.facts(f"job/{job.id}"))


def test_what_was_taken_once_is_not_taken_again(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.live_job("running")
    standin.advance(remote.id, steps=3)
    job = look(lab, provider, follow(remote.id))
    assert look(lab, provider, job.id).version == job.version
    standin.advance(remote.id, steps=2)
    assert look(lab, provider, job.id).step == 5
    assert list(series(lab.database.reader, job.id, "train_loss").steps) == [1, 2, 3, 4, 5]


def test_a_succeeded_job_leaves_its_model_checkpoints_results_and_cost(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.past_job(events=40)
    job = look(lab, provider, follow(remote.id))
    assert job.status == "succeeded"
    assert job.trained_tokens
    assert job.cost == pytest.approx(job.trained_tokens * 3.0 / 1e6)
    [model] = model_list(lab.database.reader)
    assert (model.id, model.kind, model.job) == (job.model, "hosted", job.id)
    assert model.remote_id == remote.fine_tuned_model
    assert checkpoints(lab.database.reader, job.id)
    [result] = result_files(lab.database.reader, job.id)
    assert result.content is not None
    assert result.content in lab.blobs
    assert result.malformed == 0


def test_an_ended_job_is_never_asked_for_again(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    job = follow(standin.past_job().id)
    look(lab, provider, job)
    from engine.poller import Poller

    before = len(standin.requests)
    assert Poller(lab).look() == 0
    assert len(standin.requests) == before


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (
            "failed",
            {"code": "invalid_training_file", "message": "Row 3 is odd.", "param": None},
            "Row 3 is odd.",
        ),
        ("cancelled", None, None),
    ],
)
def test_how_a_job_ended_otherwise_is_told_in_the_services_words(
    status: str,
    error: dict[str, str | None] | None,
    reason: str | None,
    lab: Lab,
    provider: HostedProvider,
    standin: Standin,
    follow: Follow,
) -> None:
    remote = standin.past_job(status=status, error=error)
    job = look(lab, provider, follow(remote.id))
    assert (job.status, job.reason) == (status, reason)


def test_a_job_that_the_service_forgot_is_interrupted(
    lab: Lab, provider: HostedProvider, follow: Follow
) -> None:
    job = look(lab, provider, follow("ftjob-nowhere"))
    assert job.status == "interrupted"
    assert job.reason == "openai no longer knows the job ftjob-nowhere"


def test_events_that_repeat_come_late_or_out_of_order_are_taken_once(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.live_job("running")
    standin.advance(remote.id, steps=100)
    path = "/fine_tuning/jobs/*/events"
    standin.inject(faults.items_repeated(7), "GET", path, times=2)
    standin.inject(faults.items_reordered(1), "GET", path, times=2)
    standin.inject(faults.items_left_out(lambda place, _: place % 3 == 0), "GET", path, times=2)
    job = follow(remote.id)
    for _ in range(3):
        look(lab, provider, job)
    standin.advance(remote.id, "succeeded")
    ended = look(lab, provider, job)
    steps = series(lab.database.reader, job, "train_loss").steps
    assert sorted(steps) == sorted(set(steps))
    assert set(range(1, 101)) <= set(steps)
    assert ended.status == "succeeded"
    assert len(taken_events(lab.database.reader, job)) == len(remote.events)


def test_an_event_that_stands_twice_on_a_page_is_taken_once(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.live_job("running")
    standin.advance(remote.id, steps=5)
    remote.events += remote.events[-3:]
    job = look(lab, provider, follow(remote.id))
    assert list(series(lab.database.reader, job.id, "train_loss").steps) == [1, 2, 3, 4, 5]


def test_unknown_words_and_fields_are_kept_as_they_came(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.live_job("running")
    standin.tell(remote.id, "Looking.", type="moderation_checks", data={"verdict": "fine"})
    standin.advance(remote.id, "pausing")
    standin.inject(faults.with_fields(mood="good"), "GET", "/fine_tuning/jobs/*", times=None)
    job = look(lab, provider, follow(remote.id))
    assert job.reported_status == "pausing"
    assert json.loads(job.report_json or "")["mood"] == "good"
    facts = lab.log.facts(f"job/{job.id}")
    told = [fact for fact in facts if isinstance(fact, JobMessageReceived)]
    [checks] = [fact for fact in told if fact.text == "Looking."]
    assert (checks.data["type"], checks.data["data"]) == ("moderation_checks", {"verdict": "fine"})


ODD = {
    "half a pair": "\ud800",
    "endless": float("nan"),
    "huge": 2**70,
    "deep": json.loads("[" * 300 + "]" * 300),
    "nothing": None,
    "a list": ["\ud800"],
    "an object": {"\ud800": float("inf")},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/fine_tuning/jobs/*", ("created_at", "error", "trained_tokens", "mood", "seed")),
        ("/fine_tuning/jobs/*/events", ("created_at", "level", "message", "data", "mood")),
        ("/fine_tuning/jobs/*/checkpoints", ("step_number", "metrics", "mood")),
    ],
)
def test_nothing_that_a_service_says_is_too_odd_to_be_recorded(
    path: str,
    names: tuple[str, ...],
    odd: object,
    lab: Lab,
    provider: HostedProvider,
    standin: Standin,
    follow: Follow,
) -> None:
    for name in names:
        remote = standin.past_job(events=8)
        injection = standin.inject(faults.said_oddly({name: odd}), "GET", path, times=None)
        job = follow(remote.id)
        assert look(lab, provider, job).status == "succeeded"
        injection.lift()


def test_what_is_no_object_among_events_is_kept_as_a_message(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.past_job(events=8)
    path = "/fine_tuning/jobs/*/events"
    standin.inject(faults.items_changed(lambda _: "words"), "GET", path, times=None)  # type: ignore[arg-type, return-value]
    job = look(lab, provider, follow(remote.id))
    assert job.status == "succeeded"
    told = [fact for fact in lab.log.facts(f"job/{job.id}") if isinstance(fact, JobMessageReceived)]
    assert [fact.data["value"] for fact in told] == ["words"]


@pytest.mark.parametrize("said", [b"[]", b"null", b"3", b'"x"'])
def test_an_answer_that_is_no_job_is_told_as_one_that_cannot_be_read(
    said: bytes, lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.live_job("running")
    standin.inject(faults.content(said), "GET", "/fine_tuning/jobs/*", times=None)
    with pytest.raises(ProviderError) as told:
        look(lab, provider, follow(remote.id))
    assert told.value.kind == "unreadable"


@pytest.mark.parametrize("packed", [False, True])
def test_points_that_no_event_told_come_from_the_result_file(
    packed: bool, lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.past_job(events=40, base64_results=packed)
    path = "/fine_tuning/jobs/*/events"
    standin.inject(faults.items_left_out(lambda _, item: item["type"] == "metrics"), "GET", path)
    job = look(lab, provider, follow(remote.id))
    names = {summary.name for summary in series_list(lab.database.reader, job.id)}
    assert {"train_loss", "train_mean_token_accuracy"} <= names
    assert "train_accuracy" not in names
    steps = series(lab.database.reader, job.id, "train_loss").steps
    assert list(steps) == list(range(1, len(steps) + 1))


@pytest.mark.parametrize(
    "content", [faults.BROKEN_CSV, faults.BROKEN_BASE64, faults.EMPTY, b"\xff\x00,\n\"'"]
)
def test_a_broken_result_file_is_kept_and_its_rows_are_named(
    content: bytes, lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.past_job()
    standin.inject(faults.content(content), "GET", "/files/*/content")
    job = look(lab, provider, follow(remote.id))
    assert job.status == "succeeded"
    facts = lab.log.facts(f"job/{job.id}")
    [saved] = [fact for fact in facts if isinstance(fact, ResultFileSaved)]
    assert saved.malformed
    assert lab.blobs.read(saved.content) == content


def test_a_result_file_that_is_gone_is_recorded_as_gone(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.past_job(gone=frozenset({"results"}))
    job = look(lab, provider, follow(remote.id))
    assert job.status == "succeeded"
    facts = lab.log.facts(f"job/{job.id}")
    assert [fact.file for fact in facts if isinstance(fact, ResultFileGone)] == remote.result_files


@pytest.mark.parametrize(
    "path",
    [
        "/fine_tuning/jobs/*",
        "/fine_tuning/jobs/*/events",
        "/fine_tuning/jobs/*/checkpoints",
        "/files/*/content",
    ],
)
@pytest.mark.parametrize(
    "fault",
    [
        faults.rate_limited(0),
        faults.server_error(500),
        faults.server_error(503),
        faults.reset_before(),
        faults.reset_after(),
        faults.truncated(),
    ],
    ids=["429", "500", "503", "reset before", "reset after", "truncated"],
)
def test_a_fault_anywhere_is_asked_past(
    fault: Fault,
    path: str,
    lab: Lab,
    provider: HostedProvider,
    standin: Standin,
    follow: Follow,
) -> None:
    remote = standin.past_job(events=40)
    injection = standin.inject(fault, "GET", path)
    job = look(lab, provider, follow(remote.id))
    assert injection.met == 1
    assert job.status == "succeeded"
    assert len(taken_events(lab.database.reader, job.id)) == len(remote.events)
    assert len(model_list(lab.database.reader)) == 1


def test_trouble_that_stays_is_told_and_what_came_before_it_is_kept(
    lab: Lab, provider: HostedProvider, standin: Standin, follow: Follow
) -> None:
    remote = standin.past_job(events=40)
    injection = standin.inject(faults.rate_limited(3600), "GET", "/files/*/content", times=None)
    job = follow(remote.id)
    with pytest.raises(ProviderError) as told:
        look(lab, provider, job)
    assert told.value.retry_after == 3600
    assert taken_events(lab.database.reader, job)
    assert not any(
        isinstance(fact, JobStatusChanged) and fact.status == "succeeded"
        for fact in lab.log.facts(f"job/{job}")
    )
    injection.lift()
    provider._pace.__init__(1e6)  # type: ignore[misc]
    assert look(lab, provider, job).status == "succeeded"
