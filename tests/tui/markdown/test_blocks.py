from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.tui.markdown.test_growing import ANSWER
from tui.ink import Ink, text_of
from tui.markdown.growing import text_lines


def shown(text: str, width: int = 40) -> list[str]:
    return [text_of(line).rstrip() for line in text_lines(text, width)]


def inks(text: str) -> dict[str, Ink]:
    return {part: ink for line in text_lines(text, 80) for part, ink in line}


@pytest.mark.parametrize("width", [12, 20, 38, 76])
def test_no_line_is_wider_than_the_room(width: int) -> None:
    text = ANSWER + "日本語の長い答え" * 20 + "\n\n" + "w" * 200 + "\n\n> - `" + "c" * 90 + "`"
    assert max(cell_len(line) for line in shown(text, width)) <= width


def test_a_table_that_is_too_wide_gets_narrower_columns() -> None:
    table = "| word | meaning |\n|---|---|\n| tea | leaves in water, taken hot or cold |"
    assert shown(table, 30) == [
        "word │ meaning",
        "─────┼────────────────────────",
        "tea  │ leaves in water, taken",
        "     │ hot or cold",
    ]


def test_a_table_that_nobody_could_read_becomes_a_list() -> None:
    table = "| first | second | third |\n|---|---|---|\n| one more | two | three |\n| 4 | 5 | 6 |"
    assert shown(table, 14) == [
        "first: one",
        "more",
        "second: two",
        "third: three",
        "",
        "first: 4",
        "second: 5",
        "third: 6",
    ]


def test_lists_in_lists_and_code_in_them_are_indented() -> None:
    assert shown("9. one\n10. two\n    - a\n      - b\n\n      ```sh\n      ls\n      ```") == [
        " 9. one",
        "10. two",
        "    • a",
        "      ◦ b",
        "",
        "      │ sh",
        "      │ ls",
    ]


def test_loose_lists_keep_their_air() -> None:
    assert shown("- one\n\n  more\n- two") == ["• one", "", "  more", "• two"]


def test_html_is_shown_as_it_was_written() -> None:
    assert shown("<b>x</b>\n\n<script>y</script>") == ["<b>x</b>", "", "<script>y</script>"]


def test_what_is_emphasized_has_an_ink_of_its_own() -> None:
    found = inks("a **b** *c* `d` [e](f)\n\n# g")
    assert found["b"] == "strong"
    assert found["c"] == "third"
    assert found["d"] == found["e"] == "accent"
    assert found[" (f)"] == "dim"
    assert found["g"] == "key"


def test_code_is_coloured_by_its_language() -> None:
    found = inks("```python\ndef f():\n    return 'x'\n```")
    assert (found["def"], found["f"], found["'x'"]) == ("accent", "strong", "fourth")


def test_code_of_no_known_language_is_plain() -> None:
    assert inks("```brainrot\ndef f\n```")["def f"] == "plain"


@pytest.mark.parametrize("text", ["", "\n\n", "```", "```py", "|", "| a |\n|---|", "- ", ">", "#"])
def test_what_has_only_just_begun_is_no_trouble(text: str) -> None:
    shown(text)


def test_deep_nesting_is_no_trouble() -> None:
    shown("> " * 300 + "x", 20)
    shown("".join("  " * depth + "- x\n" for depth in range(100)), 20)
