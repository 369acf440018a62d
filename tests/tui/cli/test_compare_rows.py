"""The prompts of a suite where models differ most, on terminals of several widths."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence

import pytest

from engine.comparing.suites import RowApart, SuiteComparison
from engine.suites.prompts import Prompt
from store.queries.suites import SuiteRow
from tui.cli.compare_rows import print_rows

SUITE = SuiteRow(
    id="suite_1",
    name="math",
    version=1,
    content="c" * 64,
    bytes=1,
    prompts=1,
    answered=1,
    source=None,
    dataset=None,
    system=None,
    temperature=None,
    max_tokens=None,
    stop_json="[]",
    scorers_json="[]",
    defined_at="2026-11-20T18:00:00.000000Z",
)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


OpenTerminal = Callable[..., _Terminal]


@pytest.fixture
def open_terminal(monkeypatch: pytest.MonkeyPatch) -> OpenTerminal:
    """Makes the standard output a terminal of so many columns."""

    def opened(columns: int = 60, **environment: str) -> _Terminal:
        for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
            monkeypatch.delenv(name, raising=False)
        wanted = {"TERM": "xterm-256color", "COLUMNS": str(columns)} | environment
        for name, value in wanted.items():
            monkeypatch.setenv(name, value)
        found = _Terminal()
        monkeypatch.setattr(sys, "stdout", found)
        return found

    return opened


def compared(*answers: tuple[str | None, ...], apart: float = 1.0) -> SuiteComparison:
    rows = tuple(_row(each, apart) for each in answers)
    return SuiteComparison(SUITE, len(rows), (), (), rows, ())


def _row(answers: tuple[str | None, ...], apart: float) -> RowApart:
    prompt = Prompt(({"role": "user", "content": "How many?"},))
    return RowApart(prompt.digest, prompt, None, answers, (), apart)


def printed(found: SuiteComparison, names: Sequence[str], most: int = 3) -> None:
    print_rows(found, names, most)


def test_where_there_are_colours_they_tell_what_differs(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    printed(compared(("It is 7.", "It is 8.")), ["a", "b"])
    assert "It is \x1b[31m7\x1b[0m." in terminal.getvalue()
    assert "It is \x1b[32m8\x1b[0m." in terminal.getvalue()
    assert "[-" not in terminal.getvalue()


def test_where_nobody_wants_colours_marks_do(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(NO_COLOR="1")
    printed(compared(("It is 7.", "It is 8.")), ["a", "b"])
    assert "It is [-7-]." in terminal.getvalue()
    assert "It is {+8+}." in terminal.getvalue()
    assert "\x1b[3" not in terminal.getvalue()


def test_long_answers_are_broken_between_words_and_indented(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal()
    printed(compared(("yes " * 30, "no " * 30)), ["a", "b"])
    lines = [line for line in terminal.getvalue().splitlines() if "yes" in line]
    assert len(lines) > 1
    assert all(line.startswith("    ") for line in lines)


def test_two_answers_stand_beside_each_other_where_there_is_room(
    open_terminal: OpenTerminal,
) -> None:
    terminal = open_terminal(100, NO_COLOR="1")
    printed(compared(("the same\nIt is 7.", "the same\nIt is 8.")), ["one", "other"])
    lines = terminal.getvalue().splitlines()
    head = next(line for line in lines if line.startswith("one"))
    assert head.split() == ["one", "other"]
    assert "It is [-7-]." in terminal.getvalue()
    [changed] = [line for line in lines if "[-7-]" in line]
    assert changed.split("|")[1].strip() == "It is {+8+}."
    assert head.index("other") == changed.index("It is {+8+}")


def test_who_gave_no_answer_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    printed(compared((None, "It is 8.", "It is 9.")), ["a", "b", "c"])
    told = capsys.readouterr().out
    assert "  a:\n    (no answer)\n" in told
    assert "  b:\n    It is 8.\n" in told
    assert "  c:\n    It is {+9+}.\n" in told


def test_an_answer_of_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    printed(compared(("", "8")), ["a", "b"])
    assert "  a:\n    (nothing)\n  b:\n    {+8+}\n" in capsys.readouterr().out


def test_nothing_in_an_answer_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    printed(compared(("\x1b]0;title\x07seven", "\x1b[31meight")), ["a", "b\x1b[2J"])
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "[-seven-]" in told


def test_where_all_answered_the_same_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    printed(compared(("8", "8"), ("9", " 9"), apart=0.0), ["a", "b"])
    assert capsys.readouterr().out == "They answered the same to all of 2 prompts.\n\n"


def test_none_are_shown_if_none_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    printed(compared(("7", "8")), ["a", "b"], 0)
    assert capsys.readouterr().out == ""
