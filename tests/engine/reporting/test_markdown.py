"""A report as Markdown: whatever is from outside is text in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from engine.data.differences import Span, word_spans
from engine.lab import Lab
from engine.reporting.markdown import markdown
from engine.reporting.markdown_text import code, difference, escaped, inline, quoted
from tests.engine.reporting.conftest import Reported

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_ALLOWED = {"html_inline": ("<ins>", "</ins>", "<del>", "</del>")}
_LETTERS = st.text(alphabet="ab1 \n#-+*_`~|<>&[]()!=.\\:$\t", max_size=30)


@pytest.fixture
def shown(evaluated: Lab, reported: Reported) -> str:
    return markdown(reported(evaluated))


def shows(text: str) -> str:
    """Return what a reader of Markdown sees; tags of ours are none of it."""
    seen = []
    for block in _READER.parse(text):
        for part in block.children or ():
            if part.type in ("text", "code_inline"):
                seen.append(part.content)
            elif part.type in ("softbreak", "hardbreak"):
                seen.append("\n")
    return "".join(seen)


def test_what_models_say_becomes_neither_markup_nor_html(shown: str) -> None:
    assert "<script" not in shown
    assert "<img" not in shown
    parsed = _READER.parse(shown)
    assert not [each for each in parsed if each.type in ("fence", "code_block")]
    told = [part for each in parsed for part in each.children or ()]
    assert {part.content for part in told if part.type == "html_inline"} <= {
        *_ALLOWED["html_inline"]
    }
    assert not [part for part in told if part.type in ("image", "link_open")]
    headings = [
        parsed[place + 1].content
        for place, each in enumerate(parsed)
        if each.type == "heading_open" and each.tag in ("h1", "h2")
    ]
    assert headings == [
        "prod and &lt;b&gt;candidate&lt;/b&gt;",
        "In short",
        "What differs",
        "Suites",
        "Curves",
        "Final and best metrics",
        "Models",
        "Answers",
        "Lineage",
        "The events that this was made from",
    ]


def test_what_a_judge_cost_stands_apart_from_what_the_answers_did(shown: str) -> None:
    assert "### What the evaluations by sums@1 cost" in shown
    assert r"| prod | \$0.00800 | \$0.0500 |" in shown


def test_tables_have_as_many_cells_in_each_line(shown: str) -> None:
    rows = [
        len(line.replace("\\|", "").split("|")) for line in shown.splitlines() if line[:1] == "|"
    ]
    heads = [len(line.split("|")) for line in shown.splitlines() if line.startswith("| ---")]
    assert rows
    assert set(rows) <= set(heads)


@given(_LETTERS)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    shown = shows(quoted(escaped(text)))
    assert "".join(shown.split()) == "".join(text.split())


@given(_LETTERS)
def test_a_name_stays_in_its_line(text: str) -> None:
    assert "\n" not in inline(text)
    assert shows(f"a {inline(text)}").split() == ["a", *text.split()]


@given(_LETTERS, _LETTERS)
def test_a_difference_has_all_words_of_both(before: str, after: str) -> None:
    spans = word_spans(before, after)
    shown = shows(quoted(difference(spans)))
    assert "".join(shown.split()) == "".join("".join(span.text for span in spans).split())


def test_words_are_marked_with_what_github_reads_else_with_elements() -> None:
    assert difference([Span("removed", "old "), Span("added", "new")]) == "~~old~~ **new**"
    assert difference([Span("added", "(new)\nline")]) == "<ins>(new)</ins>\n**line**"


def test_code_may_hold_backquotes() -> None:
    assert code("a `b` ``c``") == "``` a `b` ``c`` ```"
