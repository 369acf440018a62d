from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.training.progress import Evaluation, ProgressWriter


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "progress.jsonl"


@pytest.fixture
def writer(file: Path) -> Iterator[ProgressWriter]:
    opened = ProgressWriter(file)
    yield opened
    opened.close()


def test_every_kind_of_line_says_what_it_is_and_when(writer: ProgressWriter, file: Path) -> None:
    before = time.time()
    evaluation = Evaluation(1.0, math.e, 3)
    writer.started(attempt=1, from_step=0, total_steps=2, device="cpu", environment={"torch": "2"})
    writer.metrics(1, {"loss": 2.5})
    writer.checkpoint(1, "checkpoints/checkpoint-1")
    writer.message("look here", "warning")
    writer.stopped(1, "cancelled", None)
    writer.failed("it broke", "Traceback")
    writer.finished(2, evaluation, evaluation)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert all(before <= line.pop("at") <= time.time() for line in lines)
    assert lines == [
        {
            "kind": "started",
            "attempt": 1,
            "from_step": 0,
            "total_steps": 2,
            "device": "cpu",
            "environment": {"torch": "2"},
        },
        {"kind": "metrics", "step": 1, "values": {"loss": 2.5}},
        {"kind": "checkpoint", "step": 1, "path": "checkpoints/checkpoint-1"},
        {"kind": "message", "level": "warning", "text": "look here"},
        {"kind": "stopped", "step": 1, "reason": "cancelled", "checkpoint": None},
        {"kind": "failed", "error": "it broke", "traceback": "Traceback"},
        {
            "kind": "finished",
            "step": 2,
            "evaluation": {"before": evaluation._asdict(), "after": evaluation._asdict()},
        },
    ]


def test_a_line_stands_in_the_file_as_soon_as_it_is_told(
    writer: ProgressWriter, file: Path
) -> None:
    writer.message("here")
    assert file.read_bytes().endswith(b"\n")


def test_a_torn_line_spoils_only_itself(file: Path) -> None:
    file.write_bytes(b'{"kind": "message"}\n{"kind": "met')
    ProgressWriter(file).close()
    after = ProgressWriter(file)
    after.message("whole")
    after.close()
    lines = file.read_text().splitlines()
    assert lines[:2] == ['{"kind": "message"}', '{"kind": "met']
    assert json.loads(lines[2])["text"] == "whole"
    assert len(lines) == 3


def test_numbers_that_are_none_are_written_as_python_does(
    writer: ProgressWriter, file: Path
) -> None:
    writer.metrics(1, {"loss": math.nan, "grad_norm": math.inf})
    assert '"loss": NaN, "grad_norm": Infinity' in file.read_text()


def test_a_line_feed_in_a_text_makes_no_second_line(writer: ProgressWriter, file: Path) -> None:
    writer.message("one\ntwo\u2028three")
    (line,) = file.read_bytes().splitlines()
    assert json.loads(line)["text"] == "one\ntwo\u2028three"
