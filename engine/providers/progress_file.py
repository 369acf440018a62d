"""Reading a training process's progress file as facts for the log.

The file holds a line of JSON for each thing that happened (see `engine.training.progress`). A
fact's natural key is the byte of the file at which its last line ends; the job's read model keeps
the highest one, where reading goes on. A last line without its newline is still being written.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from store.events import (
    CheckpointSaved,
    Evaluation,
    Fact,
    JobCancelled,
    JobFailed,
    JobInterrupted,
    JobMessageReceived,
    JobStatusChanged,
    JobSucceeded,
    MetricGroup,
    MetricsRecorded,
    StepRange,
)
from store.log import Entry
from store.projections.jobs import PROGRESS_KEY

READ_BYTES = 4 * 1024 * 1024
"""How much of the file is taken at once, and recorded in one transaction."""

_METRICS = "metrics"

BATCH_POINTS = 1000
"""Steps in one MetricsRecorded."""


def read_progress(path: Path, offset: int) -> bytes:
    """Return the whole lines that follow a byte of the file, about `READ_BYTES` of them at most."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(READ_BYTES)
            if b"\n" not in data and len(data) == READ_BYTES:
                data += file.readline()
    except FileNotFoundError:
        return b""
    return data[: data.rfind(b"\n") + 1]


def entries(data: bytes, offset: int) -> list[Entry]:
    """Turn lines of a progress file into facts.

    Args:
        data: whole lines.
        offset: the byte of the file at which they start.
    """
    with _collector_paused():
        return list(_entries(data, offset))


def _entries(data: bytes, offset: int) -> Iterator[Entry]:
    lines = data.split(b"\n")[:-1]
    records = _parsed(lines)
    for start, end in _runs([record.get("kind") == _METRICS for record in records]):
        offset += sum(map(len, lines[start:end])) + end - start
        key = f"{PROGRESS_KEY}{offset}"
        first = records[start]
        if first.get("kind") == _METRICS:
            yield from _points(records[start:end], key)
        elif lines[start].strip():
            yield Entry(_fact(first, lines[start]), _moment(first), key)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the cycle collector from going through all parsed lines again and again.

    They are many, hold no cycles and are gone at the end; it doubled the time they took.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _parsed(lines: list[bytes]) -> list[dict[str, Any]]:
    """Parse lines, all at once if none is broken; what is no object becomes an empty one."""
    try:
        records = from_json(b"[" + b",".join(lines) + b"]")
    except ValueError:
        records = []
    if len(records) != len(lines):
        records = [_parsed_line(line) for line in lines]
    return [record if type(record) is dict else {} for record in records]


def _parsed_line(line: bytes) -> Any:  # noqa: ANN401 - whatever the line holds
    try:
        return from_json(line)
    except ValueError:
        return None


def _runs(are_metrics: list[bool]) -> Iterator[tuple[int, int]]:
    """Cut places into runs of metrics of at most `BATCH_POINTS`, and single other ones."""
    start = 0
    while start < len(are_metrics):
        end = start + 1
        if are_metrics[start]:
            limit = min(start + BATCH_POINTS, len(are_metrics))
            while end < limit and are_metrics[end]:
                end += 1
        yield start, end
        start = end


def _moment(record: dict[str, Any]) -> datetime | None:
    """Return when it happened, None if the line does not say, or says what is no time."""
    try:
        return datetime.fromtimestamp(record["at"], UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _fact(record: dict[str, Any], line: bytes) -> Fact:
    try:
        return _FACTS[record["kind"]](record)
    except (KeyError, ValueError, TypeError):
        shown = line[:200].decode("utf-8", "backslashreplace").strip()
        return JobMessageReceived(
            level="warning", text=f"a line of the progress file could not be read: {shown}"
        )


def _started(record: dict[str, Any]) -> Fact:
    details = {key: record[key] for key in ("attempt", "from_step", "device", "environment")}
    return JobStatusChanged(status="running", total_steps=record["total_steps"], details=details)


def _stopped(record: dict[str, Any]) -> Fact:
    if record["reason"] == "cancelled":
        return JobCancelled(step=record["step"])
    saved = record["checkpoint"]
    kept = f"checkpoint {saved} was saved" if saved is not None else "there was no checkpoint yet"
    asked = record.get("by") or "asked to end (SIGTERM)"
    return JobInterrupted(reason=f"{asked} after step {record['step']}; {kept}", checkpoint=saved)


def _succeeded(record: dict[str, Any]) -> Fact:
    evaluation = record.get("evaluation") or {}
    return JobSucceeded(
        step=record["step"],
        before=_known(evaluation.get("before")),
        after=_known(evaluation.get("after")),
    )


def _known(measured: dict[str, Any] | None) -> Evaluation | None:
    """Return an evaluation without what a newer ftlab measured: that must not cost the end."""
    if measured is None:
        return None
    fields = Evaluation.model_fields
    return Evaluation(**{name: value for name, value in measured.items() if name in fields})


_FACTS: dict[str, Callable[[dict[str, Any]], Fact]] = {
    "started": _started,
    "checkpoint": lambda record: CheckpointSaved(step=record["step"], path=record["path"]),
    "message": lambda record: JobMessageReceived(level=record["level"], text=record["text"]),
    "finished": _succeeded,
    "stopped": _stopped,
    "failed": lambda record: JobFailed(error=record["error"], details=record.get("traceback")),
}


def _points(records: list[dict[str, Any]], key: str) -> Iterator[Entry]:
    """Make one fact of consecutive points; if one of them is bad, one of each, and say which."""
    try:
        times = [record["at"] for record in records]
        start = min(times)
        datetime.fromtimestamp(max(times), UTC)  # Raises if that is no time.
        groups = [_columns(group, start) for group in _by_names(records)]
        yield Entry(MetricsRecorded(groups=groups), datetime.fromtimestamp(start, UTC), key)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        if len(records) > 1:
            for place, record in enumerate(records):
                yield from _points([record], f"{key}:{place}")
            return
        text = f"metrics that could not be read: {str(records[0])[:200]}"
        yield Entry(JobMessageReceived(level="warning", text=text), None, key)


def _by_names(records: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """Put points with the same metrics together; mostly that is all of them."""
    names = [tuple(record["values"]) for record in records]
    if len(set(names)) == 1:
        return [records]
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for name, record in zip(names, records, strict=True):
        groups.setdefault(name, []).append(record)
    return groups.values()


def _columns(records: list[dict[str, Any]], start: float) -> MetricGroup:
    names = records[0]["values"]
    columns = zip(*[record["values"].values() for record in records], strict=True)
    return MetricGroup(
        steps=_compact([record["step"] for record in records]),
        after_ms=[round((record["at"] - start) * 1000) for record in records],
        values=dict(zip(names, map(list, columns), strict=True)),
    )


def _compact(steps: list[int]) -> StepRange | list[int]:
    if len(steps) > 1:
        stride = steps[1] - steps[0]
        if stride > 0 and steps == list(range(steps[0], steps[-1] + 1, stride)):
            return StepRange(first=steps[0], count=len(steps), stride=stride)
    return steps
