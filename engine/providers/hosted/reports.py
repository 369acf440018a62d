"""What a hosted service says of a job, as facts for the log.

Objects are those of OpenAI's API reference ("Fine-tuning"), taken as plain JSON: a service may say
less than is published, or more, and all of it is kept.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from store import job_status
from store.events import (
    CheckpointSaved,
    Fact,
    JobCancelled,
    JobFailed,
    JobImported,
    JobMessageReceived,
    MetricGroup,
    MetricsRecorded,
)
from store.log import Entry
from store.projections.jobs import REMOTE_EVENT_KEY

Report = dict[str, JsonValue]
"""An object of the service as plain JSON."""

METADATA_KEY = "ftlab_job"
"""The metadata of a hosted job that names the job here."""

ENDED = (job_status.SUCCEEDED, job_status.FAILED, job_status.CANCELLED)
_BATCH_POINTS = 1000
_NO_METRICS = frozenset({"step", "total_steps"})
_EVENT_FIELDS = frozenset({"id", "created_at", "level", "message", "object", "type", "data"})


def moment(value: object) -> datetime | None:
    """Return the time that a service's seconds since 1970 mean; None if they mean none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def text_of(value: object) -> str | None:
    """Return a text that says something."""
    return value if isinstance(value, str) and value else None


def status_of(report: Report) -> str:
    """Return the status in the service's own words."""
    return text_of(report.get("status")) or "unknown"


def method_of(report: Report) -> str:
    """Return the method of a job: `supervised` unless it says otherwise."""
    method = report.get("method")
    return (text_of(method.get("type")) if isinstance(method, dict) else None) or "supervised"


def hyperparameters_of(report: Report) -> dict[str, JsonValue]:
    """Return the hyperparameters, from their own place or from the older one above it."""
    method = report.get("method")
    own = method.get(method_of(report)) if isinstance(method, dict) else None
    found = own.get("hyperparameters") if isinstance(own, dict) else None
    if not isinstance(found, dict):
        found = report.get("hyperparameters")
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if value is not None}


def suffix_of(report: Report) -> str | None:
    """Return the part of a fine-tuned model's name that its makers chose.

    Such a name is `ft:BASE:ORGANIZATION:SUFFIX:ID`, the suffix often empty.
    """
    parts = (text_of(report.get("fine_tuned_model")) or "").split(":")
    return (parts[3] or None) if len(parts) >= 5 and parts[0] == "ft" else None


def known_job(report: Report) -> str | None:
    """Return the id of the job here that a hosted job names."""
    metadata = report.get("metadata")
    return text_of(metadata.get(METADATA_KEY)) if isinstance(metadata, dict) else None


def imported(report: Report, provider: str) -> Entry:
    """Return the fact that a service told of a job that was not planned here."""
    remote_id = text_of(report.get("id")) or "unknown"
    seed = report.get("seed")
    fact = JobImported(
        name=suffix_of(report) or remote_id,
        provider=provider,
        remote_id=remote_id,
        base_model=text_of(report.get("model")) or "unknown",
        method=method_of(report),
        hyperparameters=hyperparameters_of(report),
        seed=seed if isinstance(seed, int) and abs(seed) < 2**63 else None,
        report=report,
    )
    return Entry(fact, moment(report.get("created_at")), key="imported")


def failure(report: Report) -> JobFailed:
    """Return why a job failed, in the service's words."""
    error = report.get("error")
    said = error if isinstance(error, dict) else {}
    message = text_of(said.get("message")) or "the service gave no reason"
    return JobFailed(
        error=message, code=text_of(said.get("code")), param=text_of(said.get("param"))
    )


def ending(report: Report) -> Fact | None:
    """Return how a job ended without a model; None if it goes on or succeeded."""
    match status_of(report):
        case job_status.FAILED:
            return failure(report)
        case job_status.CANCELLED:
            return JobCancelled()
        case _:
            return None


def checkpoint(report: Report) -> Entry | None:
    """Return the fact that a checkpoint was kept; None if it names no step."""
    step, remote = report.get("step_number"), text_of(report.get("id"))
    if isinstance(step, bool) or not isinstance(step, int):
        return None
    metrics = report.get("metrics")
    numbers = _numbers(metrics) if isinstance(metrics, dict) else {}
    model = text_of(report.get("fine_tuned_model_checkpoint"))
    fact = CheckpointSaved(step=step, model=model, metrics=numbers)
    return Entry(fact, moment(report.get("created_at")), key=f"checkpoint:{remote or step}")


def event_id(event: Report) -> str:
    """Return a service's id of an event, or one made of its content if it has none."""
    own = text_of(event.get("id"))
    if own is not None:
        return own
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:32]


def total_steps(events: Iterable[Report]) -> int | None:
    """Return the steps that a job will take, if its events tell."""
    for event in events:
        data = event.get("data")
        total = data.get("total_steps") if isinstance(data, dict) else None
        if isinstance(total, int) and 0 < total < 2**63:
            return total
    return None


def entries(events: Iterable[Report]) -> Iterator[Entry]:
    """Turn events into facts: metrics in batches, everything else as a message each.

    Args:
        events: new ones, oldest first.
    """
    batch = _Batch()
    for event in events:
        point = _point(event)
        if point is not None:
            batch.add(event, *point)
        if point is None or _has_more(event):
            yield from batch.taken()
            yield _message(event)
        if len(batch) >= _BATCH_POINTS:
            yield from batch.taken()
    yield from batch.taken()


@dataclass(slots=True)
class _Batch:
    """Metrics on their way into one fact."""

    events: list[Report] = field(default_factory=list)
    points: list[tuple[int, dict[str, float]]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.points)

    def add(self, event: Report, step: int, values: dict[str, float]) -> None:
        self.events.append(event)
        self.points.append((step, values))

    def taken(self) -> Iterator[Entry]:
        """Give the batch as a fact, if there is anything in it, and begin anew."""
        if not self.points:
            return
        order = sorted(range(len(self.points)), key=lambda number: self.points[number][0])
        times = [moment(self.events[number].get("created_at")) for number in order]
        start = min((time for time in times if time is not None), default=None)
        fact = MetricsRecorded(
            groups=_groups([self.points[number] for number in order]),
            sources=[event_id(event) for event in self.events],
        )
        self.events, self.points = [], []
        yield Entry(fact, start)


def _groups(points: list[tuple[int, dict[str, float]]]) -> list[MetricGroup]:
    """Put points of the same metrics into columns."""
    found: dict[tuple[str, ...], list[tuple[int, dict[str, float]]]] = {}
    for step, values in points:
        found.setdefault(tuple(sorted(values)), []).append((step, values))
    return [columns(names, rows) for names, rows in found.items()]


def columns(names: Iterable[str], rows: list[tuple[int, dict[str, float]]]) -> MetricGroup:
    """Return points as a group of columns.

    Args:
        names: the metrics, which every point has.
        rows: step and values of each point.
    """
    values = {name: [row[name] for _, row in rows] for name in names}
    return MetricGroup(steps=[step for step, _ in rows], values=values)


def _point(event: Report) -> tuple[int, dict[str, float]] | None:
    """Return the step and the metrics of an event; None if it is of another kind."""
    data = event.get("data")
    if event.get("type") != "metrics" or not isinstance(data, dict):
        return None
    step = data.get("step")
    if isinstance(step, bool) or not isinstance(step, int) or abs(step) >= 2**63:
        return None
    values = _numbers(data)
    return (step, values) if values else None


def _numbers(data: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in data.items() if _is_metric(name, value)}


def _is_metric(name: str, value: object) -> bool:
    if name in _NO_METRICS or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _has_more(event: Report) -> bool:
    """Tell whether an event of metrics holds anything beside them."""
    data = event.get("data")
    if not event.keys() <= _EVENT_FIELDS or not isinstance(data, dict):
        return True
    return any(
        name not in _NO_METRICS and value is not None and not _is_metric(name, value)
        for name, value in data.items()
    )


def _message(event: Report) -> Entry:
    data = event.get("data")
    kind = text_of(event.get("type")) or "message"
    rest = {name: value for name, value in event.items() if name not in _EVENT_FIELDS}
    if data:
        rest["data"] = data
    if kind != "message":
        rest["type"] = kind
    fact = JobMessageReceived(
        level=text_of(event.get("level")) or "info",
        text=text_of(event.get("message")) or f"({kind})",
        data=rest,
    )
    return Entry(fact, moment(event.get("created_at")), REMOTE_EVENT_KEY + event_id(event))
