"""A finished job of the past, with everything that it left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.standin import examples
from tests.standin.calls import Json
from tests.standin.catalogue import Method
from tests.standin.clock import Clock
from tests.standin.files import add_file
from tests.standin.job_requests import HYPERPARAMETERS
from tests.standin.life import Life
from tests.standin.state import Job, State

_EPOCHS = 3
_FEWEST_EXAMPLES = 12
_VALIDATION_EXAMPLES = 12
_MESSAGES = {"succeeded": 10, "failed": 5, "cancelled": 5}
"""How many events of a job are words: the others are metrics."""
_METHODS_SINCE = datetime(2024, 12, 17, tzinfo=UTC)
"""When jobs got a `method`; older ones have only `hyperparameters`."""


@dataclass(frozen=True)
class Past:
    """What a job of the past was.

    Attributes:
        status: succeeded, failed or cancelled.
        model: the base model's snapshot.
        events: how many it has; ten of a succeeded one and five of others are words.
        created: when; None for thirty days before the stand-in's time.
        validated: whether it had a validation file.
        topic: what its examples are about, so that those of two jobs differ.
        training_file: one that is there already, used again; None makes one.
        error: why it failed, where it did.
        gone: which of its files their owner has deleted since: `training`, `validation`, `results`.
    """

    status: str = "succeeded"
    model: str = "gpt-4o-mini-2024-07-18"
    method: Method = "supervised"
    events: int = 20
    created: datetime | None = None
    suffix: str | None = None
    metadata: dict[str, str] | None = None
    validated: bool = False
    topic: str = "today"
    training_file: str | None = None
    error: Json | None = None
    gone: frozenset[str] = frozenset()
    base64_results: bool = False


def add_past_job(state: State, past: Past) -> Job:
    """Add a job, with its files, events, checkpoints and models, and return it."""
    created = past.created or state.clock.now() - timedelta(days=30)
    clock = Clock(created)
    life = Life(state, clock)
    metrics = max(1, past.events - _MESSAGES[past.status])
    job = _job(state, past, clock, _examples_for(metrics, past.status))
    life.begin(job)
    clock.move(timedelta(minutes=2))
    _live(life, job, past, clock, metrics)
    for name in job.result_files:
        state.files[name].encoding = "base64" if past.base64_results else "plain"
    _make_odd(job, created)
    _delete_files(state, job, past.gone)
    return job


def _examples_for(metrics: int, status: str) -> int:
    """Return how many examples make the steps a multiple of the metrics events.

    What did not succeed broke off in the middle, so it needs twice as many.
    """
    each = -(-_FEWEST_EXAMPLES // metrics)
    return metrics * each * (1 if status == "succeeded" else 2)


def _job(state: State, past: Past, clock: Clock, count: int) -> Job:
    training = past.training_file or _add_examples(state, past, clock, "train", count)
    validation = None
    if past.validated:
        validation = _add_examples(state, past, clock, "valid", _VALIDATION_EXAMPLES)
    hyperparameters: Json = dict.fromkeys(HYPERPARAMETERS[past.method], "auto")
    return Job(
        id=state.new_id("ftjob-"),
        model=past.model,
        training_file=training,
        validation_file=validation,
        created_at=clock.timestamp(),
        seed=state.new_seed(),
        method=past.method,
        name=state.new_id("", 8),
        hyperparameters=hyperparameters | {"n_epochs": _EPOCHS, "batch_size": 1},
        settings={"grader": _GRADER} if past.method == "reinforcement" else {},
        suffix=past.suffix,
        metadata=past.metadata,
    )


def _add_examples(state: State, past: Past, clock: Clock, part: str, count: int) -> str:
    """Add a training or validation file; no two have an example in common."""
    number = len(state.jobs)
    file = add_file(
        state,
        f"{past.suffix or 'bakery'}-{number}-{part}.jsonl",
        examples.training_file(
            past.method, past.model, count, topic=f"{past.topic}, list {number}, {part}"
        ),
        "fine-tune",
        created_at=clock.timestamp() - 60,
    )
    file.status = "processed"
    return file.id


def _live(life: Life, job: Job, past: Past, clock: Clock, metrics: int) -> None:
    life.advance(job, "running")
    if past.status == "succeeded":
        clock.move(timedelta(seconds=2 * job.total_steps))
        life.advance(job, "succeeded", every=max(1, job.total_steps // metrics))
        return
    every = max(1, job.total_steps // 2 // metrics)
    life.advance(job, steps=metrics * every, every=every)
    clock.move(timedelta(minutes=5))
    life.advance(job, past.status, error=past.error)


def _make_odd(job: Job, created: datetime) -> None:
    """Have jobs differ as those of several years do."""
    job.deprecated_form = job.method == "supervised" and created < _METHODS_SINCE
    if job.seed % 8 == 0:
        job.finished_at = None
    if job.status != "failed":
        nulls: Json = {"code": None, "message": None, "param": None}
        job.error = ({}, None, nulls)[job.seed % 3]


def _delete_files(state: State, job: Job, gone: frozenset[str]) -> None:
    names: dict[str, list[str | None]] = {
        "training": [job.training_file],
        "validation": [job.validation_file],
        "results": [*job.result_files],
    }
    for part in gone:
        for name in names[part]:
            state.files.pop(name or "", None)


_GRADER: Json = {
    "type": "string_check",
    "name": "exact",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
}
