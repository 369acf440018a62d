from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tui.cli.data.conftest import Add, Run, chat


@pytest.fixture
def messy(run: Run, tmp_path: Path) -> None:
    """A file with two bad rows, an answer of blanks and a repetition, added and cleaned."""
    rows = [chat("q", " a "), chat("p", "b"), {"x": 1}, chat("q", "a"), chat("r", " "), {"y": 2}]
    file = tmp_path / "messy.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    steps = "dedupe,drop-empty,strip"
    assert run("add", file, "--name", "messy", "--skip-bad", "--clean", steps).status == 0


@pytest.mark.usefixtures("messy")
def test_how_a_version_was_made_is_said_in_words(run: Run, tmp_path: Path) -> None:
    shown = run("show", "messy").out
    assert f"imported from {tmp_path}/messy.jsonl\n" in shown
    assert "{'" not in shown
    table = shown[shown.index("cleaning ") : shown.index("example 1")].split("\n")
    assert [line.split() for line in table[1:-2]] == [
        ["(before)", "4"],
        ["strip", "2", "0", "4"],
        ["drop-empty", "0", "1", "3"],
        ["dedupe", "0", "1", "2"],
    ]


@pytest.mark.usefixtures("messy")
def test_the_rows_that_were_left_out_are_named_with_the_reason(run: Run) -> None:
    done = run("show", "messy", "--left-out")
    rows = done.out.splitlines()[-5:]
    assert rows[0].split("  ") == ["line", "why it was left out"]
    assert [row.split()[0] for row in rows[1:]] == ["3", "4", "5", "6"]
    assert rows[2:4] == ["   4  left out by dedupe", "   5  left out by drop-empty"]
    assert "example 1" not in done.out
    found = json.loads(run("show", "messy", "--left-out", "--json").out)["left_out"]
    assert [row["line"] for row in found] == [3, 4, 5, 6]
    assert all(row["reason"] for row in found)


def test_nothing_left_out_is_said(run: Run, add: Add) -> None:
    add("whole", chat("q", "a"))
    assert run("show", "whole", "--left-out").err == "Nothing was left out.\n"


def test_rows_that_are_not_recorded_are_said_to_be_missing(run: Run, add: Add) -> None:
    add("a", chat("q", "a"))
    add("b", chat("q", "a"))
    run("merge", "a", "b", "--name", "both", "--dedupe")
    assert run("show", "both", "--left-out").err.startswith("1 was left out")
