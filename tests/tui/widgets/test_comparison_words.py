"""Two texts held against each other word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.ink import text_of
from tui.widgets.comparison_words import added, clean, marked_lines, words_in


def test_words_that_the_first_does_not_have_are_marked() -> None:
    spans = added("It is in Bergen, Norway.", "It is in Graz, Austria.")
    [line] = marked_lines(spans, 80)
    assert [text for text, ink in line.line if ink == "warn"] == ["Graz", "Austria"]
    assert line.is_marked
    assert words_in(spans) == 2


def test_only_lines_with_other_words_are_marked() -> None:
    lines = marked_lines(added("one\ntwo\nthree", "one\n2\nthree"), 80)
    assert [(text_of(line.line), line.is_marked) for line in lines] == [
        ("one", False),
        ("2", True),
        ("three", False),
    ]


def test_a_text_that_only_lacks_words_has_none_marked() -> None:
    spans = added("one two three", "one three")
    assert words_in(spans) == 0
    assert not any(line.is_marked for line in marked_lines(spans, 80))


def test_marks_survive_the_breaking_into_lines() -> None:
    spans = added("a b c", "a " + "new " * 12 + "c")
    lines = marked_lines(spans, 20)
    assert all(cell_len(text_of(line.line)) <= 20 for line in lines)
    assert sum(text_of(line.line).count("new") for line in lines) == 12
    assert all(line.is_marked for line in lines if "new" in text_of(line.line))


@given(st.text(max_size=60), st.text(max_size=60), st.integers(8, 40))
def test_nothing_but_spaces_is_lost(before: str, after: str, width: int) -> None:
    said = clean(after)
    lines = marked_lines(added(clean(before), said), width)
    shown = "".join(text_of(line.line) for line in lines)
    assert "".join(shown.split()) == "".join(said.split())
