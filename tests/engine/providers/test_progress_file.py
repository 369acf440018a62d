from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.providers import progress_file
from engine.providers.progress_file import BATCH_POINTS, entries, read_progress
from engine.training.progress import Evaluation, ProgressWriter
from store.events import (
    CheckpointSaved,
    Fact,
    JobCancelled,
    JobFailed,
    JobInterrupted,
    JobMessageReceived,
    JobStatusChanged,
    JobSucceeded,
    MetricsRecorded,
    StepRange,
)
from store.log import Entry

AT = 1_795_000_000.25


def line(kind: str, **fields: object) -> bytes:
    return json.dumps({"kind": kind, "at": AT, **fields}).encode() + b"\n"


def point(step: int, at: float = AT, **values: float) -> bytes:
    chosen = values or {"loss": 1.0 / step}
    return line("metrics", at=at, step=step, values=chosen)


def facts(data: bytes) -> list[Fact]:
    return _facts(entries(data, 0))


def _facts(found: Sequence[Entry]) -> list[Fact]:
    return [entry.fact for entry in found if isinstance(entry.fact, Fact)]


def points(found: Sequence[Entry]) -> list[tuple[int, str, float]]:
    """All points of some entries, in order: step, metric, value (NaN as text, to compare)."""
    taken = []
    for entry in found:
        if isinstance(entry.fact, MetricsRecorded):
            for group in entry.fact.groups:
                for name, values in group.values.items():
                    taken += [
                        (step, name, value if math.isfinite(value) else math.inf)
                        for step, value in zip(group.step_list(), values, strict=True)
                    ]
    return sorted(taken)


def others(found: Sequence[Entry]) -> list[Fact]:
    return [fact for fact in _facts(found) if not isinstance(fact, MetricsRecorded)]


_names = st.sampled_from(["loss", "grad_norm", "eval_loss"])
_values = st.dictionaries(_names, st.floats(), min_size=1, max_size=3)
_points = st.builds(lambda step, values: point(step, **values), st.integers(1, 99), _values)
_lines = st.one_of(
    _points,
    st.sampled_from(
        [
            line("message", level="info", text="hello"),
            line("checkpoint", step=3, path="checkpoints/checkpoint-3"),
            b"\n",
            b"{torn\n",
            b"[1, 2]\n",
            b"\xff\xfe\n",
            line("metrics", step="x", values={"loss": 1}),
        ]
    ),
)


@given(st.lists(_lines, max_size=30), st.lists(st.integers(0, 3000), max_size=6))
def test_however_the_file_is_cut_into_reads_it_gives_the_same(
    written: list[bytes], cuts: list[int]
) -> None:
    whole = b"".join(written)
    taken, offset = [], 0
    for cut in (*sorted(cuts), len(whole)):
        data = whole[offset:cut]
        data = data[: data.rfind(b"\n") + 1]
        taken += list(entries(data, offset))
        offset += len(data)
    at_once = list(entries(whole, 0))
    assert points(taken) == points(at_once)
    assert others(taken) == others(at_once)
    assert offset == len(whole)


@given(st.lists(_lines, min_size=1, max_size=20))
def test_the_last_key_of_a_read_is_where_the_next_begins(written: list[bytes]) -> None:
    data = b"".join(written)
    keys = [entry.key or "" for entry in entries(data, 1000)]
    ends = [int(key.split(":")[1]) for key in keys]
    assert len(set(keys)) == len(keys)
    assert ends == sorted(ends)
    assert all(1000 < end <= 1000 + len(data) for end in ends)
    if written[-1].strip():
        assert ends[-1] == 1000 + len(data)


def test_every_kind_of_line_becomes_its_fact() -> None:
    before, after = Evaluation(2.0, 7.4, 5), Evaluation(1.0, 2.7, 5)
    written = [
        line("started", attempt=2, from_step=4, total_steps=9, device="cpu", environment={"a": 1}),
        line("checkpoint", step=4, path="checkpoints/checkpoint-4"),
        line("message", level="warning", text="look"),
        line("stopped", step=5, reason="cancelled", checkpoint=5),
        line("stopped", step=5, reason="terminated", checkpoint=4),
        line("stopped", step=0, reason="terminated", checkpoint=None),
        line("failed", error="it broke", traceback="Traceback"),
        line("finished", step=9, evaluation={"before": before._asdict(), "after": after._asdict()}),
        line("finished", step=9, evaluation=None),
    ]
    found = facts(b"".join(written))
    details = {"attempt": 2, "from_step": 4, "device": "cpu", "environment": {"a": 1}}
    assert found[:7] == [
        JobStatusChanged(status="running", total_steps=9, details=details),
        CheckpointSaved(step=4, path="checkpoints/checkpoint-4"),
        JobMessageReceived(level="warning", text="look"),
        JobCancelled(step=5),
        JobInterrupted(
            reason="asked to end (SIGTERM) after step 5; checkpoint 4 was saved", checkpoint=4
        ),
        JobInterrupted(
            reason="asked to end (SIGTERM) after step 0; there was no checkpoint yet",
            checkpoint=None,
        ),
        JobFailed(error="it broke", details="Traceback"),
    ]
    assert isinstance(found[7], JobSucceeded)
    assert found[7].after is not None
    assert found[7].after.perplexity == 2.7
    assert found[8] == JobSucceeded(step=9)


def test_what_a_newer_trainer_measures_does_not_cost_the_end() -> None:
    measured = {**Evaluation(1.0, 2.7, 5)._asdict(), "surprise": 0.5}
    [found] = facts(line("finished", step=9, evaluation={"before": None, "after": measured}))
    assert isinstance(found, JobSucceeded)
    assert found.after is not None
    assert found.after.loss == 1.0


def test_what_the_training_process_writes_is_understood(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    writer = ProgressWriter(file)
    evaluation = Evaluation(math.inf, math.inf, 3)
    writer.started(attempt=1, from_step=0, total_steps=1, device="cpu", environment={"t": None})
    writer.metrics(1, {"loss": math.nan, "learning_rate": 1e-5})
    writer.checkpoint(1, "checkpoints/checkpoint-1")
    writer.message("here")
    writer.failed("it broke", "Traceback")
    writer.stopped(1, "terminated", 1)
    writer.finished(1, evaluation, evaluation)
    writer.close()
    found = facts(read_progress(file, 0))
    assert [type(fact) for fact in found] == [
        JobStatusChanged,
        MetricsRecorded,
        CheckpointSaved,
        JobMessageReceived,
        JobFailed,
        JobInterrupted,
        JobSucceeded,
    ]
    assert not [fact for fact in found if getattr(fact, "level", "") == "warning"]


def test_facts_happened_when_the_process_says(tmp_path: Path) -> None:
    del tmp_path
    (entry,) = entries(line("message", level="info", text="hello"), 0)
    assert entry.occurred == datetime.fromtimestamp(AT, UTC)


def test_points_are_gathered_into_columns() -> None:
    data = b"".join(point(step, AT + step / 10) for step in range(1, 51))
    (fact,) = facts(data)
    assert isinstance(fact, MetricsRecorded)
    (group,) = fact.groups
    assert group.steps == StepRange(first=1, count=50, stride=1)
    assert group.after_ms is not None
    assert list(group.after_ms[:3]) == [0, 100, 200]


def test_a_great_many_points_become_several_facts() -> None:
    data = b"".join(point(step) for step in range(1, 2 * BATCH_POINTS + 2))
    found = list(entries(data, 0))
    assert len(found) == 3
    assert len(points(found)) == 2 * BATCH_POINTS + 1


@pytest.mark.parametrize("steps", [[1, 2, 4], [5, 3, 1], [2, 2], [10, 20, 30], [7]])
def test_irregular_steps_are_kept_as_they_are(steps: list[int]) -> None:
    (fact,) = facts(b"".join(point(step) for step in steps))
    assert isinstance(fact, MetricsRecorded)
    assert list(fact.groups[0].step_list()) == steps


def test_points_of_different_metrics_stand_side_by_side() -> None:
    data = point(1, loss=3) + point(1, eval_loss=4) + point(2, loss=2) + point(3, loss=1, extra=9)
    assert points(list(entries(data, 0))) == [
        (1, "eval_loss", 4),
        (1, "loss", 3),
        (2, "loss", 2),
        (3, "extra", 9),
        (3, "loss", 1),
    ]


def test_metrics_told_in_another_order_are_not_mixed_up() -> None:
    data = point(1, loss=3, grad_norm=7) + point(2, grad_norm=8, loss=4)
    assert points(list(entries(data, 0))) == [
        (1, "grad_norm", 7),
        (1, "loss", 3),
        (2, "grad_norm", 8),
        (2, "loss", 4),
    ]


def test_numbers_that_are_none_stay_so() -> None:
    data = point(1, loss=math.nan) + point(2, loss=math.inf) + point(3, loss=-math.inf)
    assert b"NaN" in data
    (fact,) = facts(data)
    assert isinstance(fact, MetricsRecorded)
    nan, inf, minus = fact.groups[0].values["loss"]
    assert math.isnan(nan)
    assert (inf, minus) == (math.inf, -math.inf)


@pytest.mark.parametrize(
    "broken",
    [
        b"{torn",
        b"[1, 2]",
        b"3",
        b'{"no": "kind"}',
        b'{"kind": "surprise"}',
        b'{"kind": "started"}',
        b'{"kind": ["metrics"]}',
        b'{"kind": "metrics", "step": 2}',
        b'{"kind": "metrics", "at": 1, "step": "x", "values": {"loss": 1}}',
        b'{"kind": "metrics", "at": 1, "step": 2, "values": {"loss": "x"}}',
        b'{"kind": "metrics", "at": 1e300, "step": 2, "values": {"loss": 1}}',
        b'{"kind": "metrics", "at": NaN, "step": 2, "values": {"loss": 1}}',
        b'{"kind": "message", "at": 1e300, "level": "info", "text": 3}',
        b'{"kind": "message", "at": NaN, "level": "info"}',
        b'{"kind": "checkpoint", "at": true, "step": 2.5, "path": "x"}',
        b"\xff\x00",
        b'{"a": 1}, {"b": 2}',
    ],
)
def test_a_broken_line_becomes_a_warning_and_costs_nothing_around_it(broken: bytes) -> None:
    data = point(1) + broken + b"\n" + point(2)
    found = list(entries(data, 0))
    assert [step for step, _, _ in points(found)] == [1, 2]
    (warning,) = others(found)
    assert isinstance(warning, JobMessageReceived)
    assert warning.level == "warning"
    assert "could not be read" in warning.text
    assert len({entry.key for entry in found}) == len(found)


def test_an_empty_line_is_nothing() -> None:
    assert facts(b"\n\n") == []


def test_a_torn_last_line_waits(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    first, second = point(1), point(2)
    file.write_bytes(first + second[:-4])
    assert read_progress(file, 0) == first
    assert read_progress(file, len(first)) == b""
    file.write_bytes(first + second)
    assert read_progress(file, len(first)) == second


def test_a_file_that_is_not_there_yet_has_no_lines(tmp_path: Path) -> None:
    assert read_progress(tmp_path / "progress.jsonl", 0) == b""


def test_a_long_file_is_read_in_portions_of_whole_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_file, "READ_BYTES", 1000)
    file = tmp_path / "progress.jsonl"
    long = line("message", level="info", text="x" * 5000)
    whole = point(1) + long + b"".join(point(step) for step in range(2, 60))
    file.write_bytes(whole)
    portions, offset = [], 0
    while data := read_progress(file, offset):
        portions.append(data)
        offset += len(data)
    assert b"".join(portions) == whole
    assert len(portions) > 3
    assert all(data.endswith(b"\n") for data in portions)
