from __future__ import annotations

import pytest

from tui.ink import text_of
from tui.markdown.growing import GrowingText, text_lines

ANSWER = """# Totals

Here is *how* to **add** them, with `sum`:

1. Read the file.
2. Add:
   - the first column,
   - the second.

```python
def total(rows):
    # Every row counts.
    return sum(row["price"] for row in rows)
```

| name | price |
| :--- | ----: |
| tea  | 1.50  |
| coffee with milk | 2.75 |

> It is quoted
> over two lines.

See [the manual](https://example.com/manual).

---
Done.
"""


def shown(text: str, width: int = 60, *, raw: bool = False) -> list[str]:
    return [text_of(line).rstrip() for line in text_lines(text, width, raw=raw)]


def grown(text: str, step: int, width: int = 60, *, raw: bool = False) -> list[str]:
    """What is shown of a text that came in pieces of so many characters."""
    growing = GrowingText(width, raw=raw)
    lines: list[str] = []
    for end in range(step, len(text) + step, step):
        kept, new = growing.grow(text[:end])
        lines[kept:] = [text_of(line).rstrip() for line in new]
    return lines


def test_markdown_is_set_as_people_expect_it() -> None:
    assert shown(ANSWER) == [
        "Totals",
        "",
        "Here is how to add them, with sum:",
        "",
        "1. Read the file.",
        "2. Add:",
        "   • the first column,",
        "   • the second.",
        "",
        "│ python",
        "│ def total(rows):",
        "│     # Every row counts.",
        '│     return sum(row["price"] for row in rows)',
        "",
        "name             │ price",
        "─────────────────┼──────",
        "tea              │  1.50",
        "coffee with milk │  2.75",
        "",
        "▎ It is quoted over two lines.",
        "",
        "See the manual (https://example.com/manual).",
        "",
        "────────────────────────────────────────",
        "",
        "Done.",
    ]


@pytest.mark.parametrize("step", [1, 3, 17, 1000])
@pytest.mark.parametrize("raw", [False, True])
def test_what_comes_in_pieces_is_shown_as_what_comes_at_once(step: int, raw: bool) -> None:
    assert grown(ANSWER, step, raw=raw) == shown(ANSWER, raw=raw)


def test_a_word_that_looks_like_a_heading_at_first_stays_in_its_paragraph() -> None:
    assert grown("one\n#two\nthree", 1) == ["one #two three"]


def test_what_is_finished_is_not_set_anew() -> None:
    growing = GrowingText(60)
    assert growing.grow("one\n\ntwo\n").kept == 0
    kept, lines = growing.grow("one\n\ntwo\n\nthree\n")
    assert kept == 1
    assert [text_of(line) for line in lines] == ["", "two", "", "three"]
    assert growing.grow("one\n\ntwo\n\nthree\nmore").kept == 3


def test_long_code_is_cut_without_a_trace() -> None:
    code = "".join(f"line_{number} = {number}\n" for number in range(4000))
    text = f"Look:\n\n```python\n{code}```\n\nThat was it."
    assert grown(text, 3001) == [
        "Look:",
        "",
        "│ python",
        *(f"│ line_{number} = {number}" for number in range(4000)),
        "",
        "That was it.",
    ]


def test_raw_text_keeps_its_marks() -> None:
    assert shown("# A\n\n**b**", raw=True) == ["# A", "", "**b**"]


def test_a_text_that_steers_the_terminal_is_harmless() -> None:
    text = "a\x1b[2Jb\x1b]0;title\x07c\n\n\tcode\x1b[31m\r\n\n[x](\x1b]8;;evil\x07)"
    assert not [line for line in [*shown(text), *grown(text, 1)] if "\x1b" in line or "\r" in line]
    assert grown(text, 1) == shown(text)
