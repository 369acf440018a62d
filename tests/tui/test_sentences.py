from __future__ import annotations

import json

import pytest

from store.events import (
    CheckpointSaved,
    Evaluation,
    Fact,
    JobCancelled,
    JobCancelRequested,
    JobFailed,
    JobInterrupted,
    JobMessageReceived,
    JobMovedInQueue,
    JobPlanned,
    JobPriorityChanged,
    JobQueued,
    JobResumed,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    JobTakenFromQueue,
    MetricGroup,
    MetricsRecorded,
    StepRange,
)
from store.recorded import Recorded
from tui.sentences import METRICS, sentence, story

PLANNED = JobPlanned(
    name="a",
    provider="local",
    base_model="tiny",
    method="lora",
    hyperparameters={},
    dataset="ds_1",
    total_steps=1200,
)
MEASURED = MetricsRecorded(
    groups=[
        MetricGroup(steps=StepRange(first=1, count=20), values={"loss": [2.0] * 19 + [1.25]}),
        MetricGroup(steps=[20], values={"eval_loss": [1.5]}),
    ]
)
EVALUATION = Evaluation(loss=1.33, perplexity=3.78, examples=40)


def _recorded(type_name: str, data: str) -> Recorded:
    moment = "2026-11-20T18:00:00.000000Z"
    return Recorded(1, "job/j", 1, type_name, 1, moment, moment, "t", None, None, data, b"")


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (PLANNED, "planned: lora of tiny, 1,200 steps"),
        (JobSubmitted(remote_id="4711"), "handed to the provider as 4711"),
        (JobStatusChanged(status="validating_files"), "the provider reports: validating files"),
        (JobMessageReceived(level="info", text="loading"), "loading"),
        (MEASURED, "steps 1-20  loss 1.250  eval_loss 1.500"),
        (CheckpointSaved(step=40, path="c"), "checkpoint saved at step 40"),
        (JobQueued(), "put into the queue"),
        (JobQueued(priority=5), "put into the queue with priority 5"),
        (JobMovedInQueue(to="first"), "moved in the queue to the front"),
        (JobMovedInQueue(to="before", before="job_1"), "moved in the queue before job_1"),
        (JobPriorityChanged(priority=-1), "priority -1 in the queue"),
        (JobTakenFromQueue(), "its turn in the queue"),
        (JobTakenFromQueue(devices=("GPU-1", "GPU-2")), "its turn in the queue, on GPU-1, GPU-2"),
        (JobCancelRequested(), "asked to stop"),
        (JobInterrupted(reason="killed"), "interrupted: killed"),
        (JobResumed(attempt=2, from_step=40), "resumed from step 40, attempt 2"),
        (
            JobResumed(attempt=2, from_step=40, reason="a restart", automatic=1, at_most=3),
            "resumed by itself from step 40, attempt 2, 1 of at most 3 times, after: a restart",
        ),
        (JobCancelled(step=41), "cancelled at step 41"),
        (JobCancelled(), "cancelled"),
        (JobFailed(error="out of memory"), "failed: out of memory"),
        (JobSucceeded(), "succeeded"),
        (
            JobSucceeded(before=EVALUATION, after=EVALUATION.model_copy(update={"loss": 0.775})),
            "succeeded: held-out loss from 1.330 to 0.7750",
        ),
    ],
)
def test_an_event_is_told_in_a_sentence(fact: Fact, words: str) -> None:
    assert sentence(_recorded(fact.type_name, fact.model_dump_json()))[0] == words


def test_values_that_are_no_numbers_are_told_too() -> None:
    group = MetricGroup(steps=[3], values={"loss": [float("nan")]})
    data = MetricsRecorded(groups=[group]).model_dump_json()
    assert sentence(_recorded("MetricsRecorded", data))[0] == "step 3  loss nan"


def test_metrics_without_a_loss_are_told_by_their_first_names() -> None:
    group = MetricGroup(steps=[3], values={"c": [1.0], "b": [2.0], "a": [3.0]})
    data = MetricsRecorded(groups=[group]).model_dump_json()
    assert sentence(_recorded("MetricsRecorded", data))[0] == "step 3  a 3.000  b 2.000"


@pytest.mark.parametrize(
    ("type_name", "data"),
    [
        ("SomethingNewer", json.dumps({"a": 1})),
        ("JobPlanned", json.dumps({"renamed": "field"})),
        ("MetricsRecorded", json.dumps({"groups": []})),
        ("JobFailed", json.dumps(["no", "object"])),
    ],
)
def test_what_a_newer_ftlab_recorded_is_shown_as_it_is(type_name: str, data: str) -> None:
    assert sentence(_recorded(type_name, data))[0] == f"{type_name} {data}"


def test_metrics_that_follow_each_other_are_one_story() -> None:
    group = MetricGroup(steps=StepRange(first=21, count=5), values={"loss": [1.1] * 5})
    later = MetricsRecorded(groups=[group])
    events = [_recorded(METRICS, fact.model_dump_json()) for fact in (MEASURED, later, later)]
    assert story(events)[0] == "steps 1-25  loss 1.100  eval_loss 1.500"
    assert story(events[:1]) == sentence(events[0])
    broken = [events[0], _recorded(METRICS, "{}")]
    assert story(broken)[0] == "MetricsRecorded {}"
