from __future__ import annotations

import pytest

from tests.tui.cli.data.conftest import Add, Run, chat
from tui.cli.data.beside import Pair, pairs, print_beside


def test_lines_stand_beside_those_that_they_became() -> None:
    found = list(pairs(["user: a", "assistant: b"], ["user: a", "assistant: c", "id: 1"]))
    assert found == [
        Pair("user: a", " ", "user: a"),
        Pair("assistant: b", "|", "assistant: c"),
        Pair(None, ">", "id: 1"),
    ]
    assert list(pairs(["a", "b"], ["b"])) == [Pair("a", "<", None), Pair("b", " ", "b")]


def test_long_stretches_without_a_change_are_cut() -> None:
    same = [f"line {n}" for n in range(9)]
    left = [pair.left for pair in pairs([*same, "old"], [*same, "new"])]
    assert left == ["line 0", "⋮", "line 8", "old"]


def test_old_and_new_are_printed_in_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_beside(chat("How many eggs?", "Nine."), chat("How many ducks?", "Nine.", user=7), 63)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "user: How many [-eggs-]?       | user: How many {+ducks+}?",
        "assistant: Nine.                 assistant: Nine.",
        "                               > user: 7",
    ]


def test_long_lines_go_on_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    print_beside(chat("one two three four five", "x"), chat("one two three four six", "x"), 43)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "user: one two three  | user: one two three",
        "four [-five-]          four {+six+}",
        "assistant: x           assistant: x",
    ]


def test_what_could_steer_the_terminal_does_not_get_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_beside(chat("\x1b[2J[red]a", "x"), chat("\x1b]0;t\x07b", "\x1b[2Jx"), 80)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "[red]" in printed


def test_a_pipe_gets_one_below_the_other_unless_asked(
    run: Run, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    add("talk", chat("q", "old"))
    add("talk", chat("q", "new"))
    below = run("diff", "talk@1", "talk@2").out.splitlines()
    assert below[-2:] == ["- assistant: [-old-]", "+ assistant: {+new+}"]
    beside = run("diff", "talk@1", "talk@2", "--side-by-side").out.splitlines()
    assert beside[-1].split() == ["assistant:", "[-old-]", "|", "assistant:", "{+new+}"]
