from __future__ import annotations

from typing import Any

import pytest

from tui.cli.data.changes import lines_of, print_change


def _example(question: str, answer: str, **columns: object) -> dict[str, Any]:
    asked = {"role": "user", "content": question}
    return {"messages": [asked, {"role": "assistant", "content": answer}], **columns}


def test_an_example_is_shown_message_by_message_with_its_columns() -> None:
    shown = list(lines_of(_example("Two\nlines?", "Yes.", user=7, note="new")))
    assert shown == ["user: Two", "  lines?", "assistant: Yes.", "user: 7", "note: new"]


def test_tool_calls_and_parts_are_shown_as_json() -> None:
    calls = [{"id": "1", "type": "function"}]
    spoken = {"role": "assistant", "content": None, "tool_calls": calls}
    asked = {"role": "user", "content": [{"type": "text", "text": "é"}]}
    assert list(lines_of({"messages": [asked, spoken]})) == [
        'user: [{"type": "text", "text": "é"}]',
        "assistant: ",
        '  tool_calls: [{"id": "1", "type": "function"}]',
    ]


def test_changed_words_stand_in_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    print_change(_example("How many eggs?", "Nine."), _example("How many ducks?", "Nine."))
    assert capsys.readouterr().out == "- user: How many [-eggs-]?\n+ user: How many {+ducks+}?\n"


def test_lines_that_came_and_went_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    print_change(_example("a", "one\ntwo\nthree"), _example("a", "one\nthree", user=1))
    assert capsys.readouterr().out == "-   two\n+ user: 1\n"


def test_a_long_line_is_cut_to_the_neighbourhood(capsys: pytest.CaptureFixture[str]) -> None:
    long = "word " * 100
    print_change(_example(long + "old", "x"), _example(long + "new", "x"))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("- …")
    assert first.endswith("word [-old-]")
    assert second.endswith("word {+new+}")
    assert len(first) < 100


def test_what_could_steer_the_terminal_does_not_get_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_change(_example("\x1b[2J", "x"), _example("\x1b]0;t\x07", "x"))
    assert "\x1b" not in capsys.readouterr().out
