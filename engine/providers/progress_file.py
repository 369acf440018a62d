"""Reading a training process's progress file as facts for the log.

The file holds a line of JSON for each thing that happened (see `engine.training.progress`). A fact's
natural key is the byte of the file at which its last line ends; the job's read model keeps the
highest one, which is where reading goes on. A last line without its newline is still being written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from store.events import (
    CheckpointSaved,
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


def entries(data: bytes, offset: int) -> Iterator[Entry]:
    """Turn lines of a progress file into facts.

    Args:
        data: whole lines.
        offset: the byte of the file at which they start.
    """
    batch = _Batch()
    for line in data.splitlines(keepends=True):
        offset += len(line)
        record = _parsed(line)
        if record is not None and record.get("kind") == "metrics":
            batch.add(record, offset)
            if batch.points < BATCH_POINTS:
                continue
            yield from batch.taken()
            continue
        yield from batch.taken()
        if line.strip():
            yield Entry(_fact(record, line), _moment(record), f"{PROGRESS_KEY}{offset}")
    yield from batch.taken()


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = from_json(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _moment(record: dict[str, Any] | None) -> datetime | None:
    at = (record or {}).get("at")
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None


def _fact(record: dict[str, Any] | None, line: bytes) -> Fact:
    try:
        fact = _FACTS[(record or {})["kind"]](record or {})
    except (KeyError, ValueError, TypeError):
        return _unreadable(line)
    return fact


def _unreadable(line: bytes) -> Fact:
    shown = line[:200].decode("utf-8", "backslashreplace").strip()
    return JobMessageReceived(
        level="warning", text=f"a line of the progress file could not be read: {shown}"
    )


def _started(record: dict[str, Any]) -> Fact:
    details = {key: record[key] for key in ("attempt", "from_step", "device", "environment")}
    return JobStatusChanged(
        status="running", total_steps=record["total_steps"], details=details
    )


def _stopped(record: dict[str, Any]) -> Fact:
    if record["reason"] == "cancelled":
        return JobCancelled(step=record["step"])
    saved = record["checkpoint"]
    kept = f"checkpoint {saved} was saved" if saved is not None else "there was no checkpoint yet"
    return JobInterrupted(
        reason=f"asked to end (SIGTERM) after step {record['step']}; {kept}", checkpoint=saved
    )


def _succeeded(record: dict[str, Any]) -> Fact:
    evaluation = record.get("evaluation") or {}
    return JobSucceeded(
        step=record["step"], before=evaluation.get("before"), after=evaluation.get("after")
    )


_FACTS = {
    "started": _started,
    "checkpoint": lambda record: CheckpointSaved(step=record["step"], path=record["path"]),
    "message": lambda record: JobMessageReceived(level=record["level"], text=record["text"]),
    "finished": _succeeded,
    "stopped": _stopped,
    "failed": lambda record: JobFailed(error=record["error"], details=record.get("traceback")),
}


class _Batch:
    """Gathers consecutive lines of metrics; those with the same names become columns together."""

    def __init__(self) -> None:
        self.points = 0
        self._groups: dict[tuple[str, ...], _Group] = {}
        self._end = 0

    def add(self, record: dict[str, Any], end: int) -> None:
        values = record.get("values") or {"": None}
        names = tuple(values)
        group = self._groups.get(names)
        if group is None:
            group = self._groups[names] = _Group(names)
        group.steps.append(record.get("step"))
        group.times.append(record.get("at"))
        group.rows.append(tuple(values.values()))
        self.points += 1
        self._end = end

    def taken(self) -> Iterator[Entry]:
        """Give what was gathered as one fact, and begin anew."""
        if not self.points:
            return
        groups, self._groups, self.points = self._groups, {}, 0
        key = f"{PROGRESS_KEY}{self._end}"
        try:
            start = min(group.times[0] for group in groups.values())
            fact: Fact = MetricsRecorded(groups=[group.columns(start) for group in groups.values()])
            yield Entry(fact, datetime.fromtimestamp(start, UTC), key)
        except (ValidationError, TypeError, ValueError, OverflowError):
            yield from _one_by_one(list(groups.values()), key)


class _Group:
    """Points that have the same metrics."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.steps: list[Any] = []
        self.times: list[Any] = []
        self.rows: list[tuple[Any, ...]] = []

    def columns(self, start: float) -> MetricGroup:
        """Return the points as columns.

        Raises:
            TypeError, ValueError: if a value is no number or a step no whole one.
        """
        columns = zip(self.names, map(list, zip(*self.rows, strict=True)), strict=True)
        return MetricGroup(
            steps=_compact(self.steps),
            after_ms=[round((at - start) * 1000) for at in self.times],
            values=dict(columns),
        )


def _compact(steps: list[Any]) -> StepRange | list[int]:
    if len(steps) > 1:
        stride = steps[1] - steps[0]
        if stride > 0 and steps == list(range(steps[0], steps[-1] + 1, stride)):
            return StepRange(first=steps[0], count=len(steps), stride=stride)
    return steps


def _one_by_one(groups: list[_Group], key: str) -> Iterator[Entry]:
    """Save the good points of a batch that has a bad one, and say which was bad."""
    for place, (group, index) in enumerate(
        (group, index) for group in groups for index in range(len(group.steps))
    ):
        single = _Group(group.names)
        single.steps, single.times = [group.steps[index]], [group.times[index]]
        single.rows = [group.rows[index]]
        try:
            fact: Fact = MetricsRecorded(groups=[single.columns(single.times[0])])
            moment = datetime.fromtimestamp(single.times[0], UTC)
        except (ValidationError, TypeError, ValueError, OverflowError):
            shown = dict(zip(group.names, group.rows[index], strict=True))
            fact = JobMessageReceived(
                level="warning",
                text=f"metrics of step {group.steps[index]} are no numbers: {str(shown)[:200]}",
            )
            moment = None
        yield Entry(fact, moment, f"{key}:{place}")
