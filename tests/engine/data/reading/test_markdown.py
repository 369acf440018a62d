from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading import markdown
from engine.data.reading.rows import BadRow, Row
from tests.engine.data.reading.conftest import fault_of, rows_in, rows_of, values_of

LINES = st.sampled_from(
    [
        *("# Title", "## What?", "## Why?", "text", "", "**Bold** text", "```", "# in code"),
        *("- item", "  more", "> quote", "1. one", "---", "===", "    code", "caf\udce9"),
    ]
)


def test_headings_are_questions_and_what_follows_is_the_answer() -> None:
    first, second, empty, last = rows_in("headings.md")
    assert first == Row(
        8,
        {
            "question": "How do I reset my password?",
            "answer": "Open **Settings** and choose *Reset*.\n\n```sh\n# not a heading\n"
            "reset --now\n```\n\n### Notes\n\nIt takes a minute.",
        },
    )
    assert second.value == {"question": "Can I pay by invoice?", "answer": "Yes."}
    assert empty == Row(24, BadRow("has a question without an answer", "Empty one?"))
    assert last == Row(30, {"question": "Where is my parcel?", "answer": "On its way."})


def test_questions_in_bold_stand_alone_in_lists_and_before_their_answer() -> None:
    assert rows_in("bold.md") == [
        Row(3, {"question": "How do I log in?", "answer": "With your e-mail address."}),
        Row(7, {"question": "Can I have two accounts?", "answer": "Yes, but why?"}),
        Row(11, {"question": "Is VAT included?", "answer": "Yes, 19 %.\n\nAlways."}),
        Row(15, {"question": "Do you refund?", "answer": "Within 14 days."}),
    ]


def test_labels_tell_questions_and_answers_of_several_lines() -> None:
    assert rows_in("labels.md") == [
        Row(2, {"question": "What is it?", "answer": "A tool.\n\nIt has more."}),
        Row(7, {"question": "How much?", "answer": "Nothing."}),
        Row(12, {"question": "Last one?\nand it goes on", "answer": "Indeed"}),
        Row(15, BadRow("has a question without an answer", "unanswered")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Q: Who?\nA: Me.\n",
        "**Q:** Who?\n\n**A:** Me.\n",
        "**Q: Who?**\n\nA: Me.\n",
        "Question: Who?\n\nAnswer: Me.\n",
        "question 1: Who?\nanswer 1: Me.\n",
        "Q1. Who?\nA1. Me.\n",
        "### Q: Who?\n\nA: Me.\n",
        "- Q: Who?\n- A: Me.\n",
        "Q:\n  Who?\nA:\n  Me.\n",
        "## Who?\nMe.\n",
        "Who?\n----\n\nMe.\n",
        "## 1. Who?\n\nMe.\n\n***\n",
        "## **Who?**\n\nMe.\n",
        "## Q: Who?\n\nMe.\n",
        "# About\n\nSome words.\n\n**Who?** Me.\n",
        "**1. Who?**\n\nMe.\n",
        "__Who?__\n\nMe.\n",
    ],
)
def test_every_way_to_mark_a_question_gives_the_same_row(text: str) -> None:
    assert values_of(text.encode(), "a.md") == [{"question": "Who?", "answer": "Me."}]


def test_an_answer_without_a_question_is_a_bad_row() -> None:
    rows = rows_of(b"A: Me.\n\nQ: Who?\n\nA: You.\n\nA: And she.\n\nQ:\nA: x\n", "a.md")
    assert [row.line for row in rows] == [1, 3, 7, 9]
    assert [fault_of(rows[at]) for at in (0, 2, 3)] == ["has an answer without a question"] * 3


def test_a_file_without_questions_is_refused_with_the_ways_to_mark_them() -> None:
    with pytest.raises(DataError, match=r"shows no questions. Mark each as a heading, in bold"):
        rows_of(b"Just some text.\n\nAnd more.\n", "a.md")


def test_a_label_or_two_in_an_answer_do_not_make_them_the_way_to_mark_questions() -> None:
    text = "## Who?\n\nMe.\n\nQ: really?\nA: yes\n\n## When?\n\nNow.\n"
    assert values_of(text.encode(), "a.md") == [
        {"question": "Who?", "answer": "Me.\n\nQ: really?\nA: yes"},
        {"question": "When?", "answer": "Now."},
    ]


def test_bold_words_inside_answers_are_no_questions() -> None:
    text = (
        "**Who?**\n\nMe.\n\n**Note:** not you.\n\n**Important**\n\nBe kind.\n\n**When?**\n\nNow.\n"
    )
    assert values_of(text.encode(), "a.md") == [
        {"question": "Who?", "answer": "Me.\n\n**Note:** not you.\n\n**Important**\n\nBe kind."},
        {"question": "When?", "answer": "Now."},
    ]


def test_a_byte_that_is_not_utf8_spoils_its_row_only() -> None:
    content = "## Où?\n\nLà.\n\n## Quoi?\n\ncaf".encode() + b"\xe9\n\n## Quand?\n\nHier.\n"
    first, bad, last = rows_of(content, "a.md")
    assert (first.line, bad.line, last.line) == (1, 5, 9)
    assert fault_of(bad) == "is not UTF-8: byte 0xe9 at byte 4 of line 7"


@given(st.lists(LINES, max_size=30), st.integers(1, 60))
def test_a_long_file_gives_the_same_rows_as_if_it_were_read_at_once(
    lines: list[str], window: int
) -> None:
    # What the beginning shows decides how questions are marked, so it is there both times.
    start = "# Title\n\n## First?\n\nYes, là-bas.\n\n" * 40
    content = (start + "\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
    whole = rows_of(content, "a.md")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "_WINDOW_CHARACTERS", len(start) + window)
        assert rows_of(content, "a.md") == whole


def test_an_answer_beyond_all_measure_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "_WINDOW_CHARACTERS", 100)
    monkeypatch.setattr(markdown, "_MOST_CHARACTERS", 1000)
    content = b"## Who?\n\nMe.\n\n## What?\n\n" + b"word\n" * 1000
    with pytest.raises(DataError, match="line 5: from here on no question comes"):
        rows_of(content, "a.md")


def test_sections_that_mark_their_questions_in_different_ways_are_all_read() -> None:
    text = (
        "# General\n\n## Who?\n\nMe.\n\n## What?\n\n**Really?**\n\nThat.\n\n"
        "## How?\n\nSo.\n\n## Where to?\n\nThere.\n\n"
        "# Billing\n\n**How much?**\n\nNothing.\n\n**Why?**\n\nBecause.\n\n"
        "# Shipping\n\nQ: When?\nA: Now.\n\nQ: Where?\nA: Here.\n"
    )
    rows = rows_of(text.encode(), "a.md")
    assert [row.line for row in rows] == [3, 7, 13, 17, 23, 27, 33, 36]
    assert [row.value["answer"] for row in rows if isinstance(row.value, dict)] == [
        *("Me.", "**Really?**\n\nThat.", "So.", "There."),
        *("Nothing.", "Because.", "Now.", "Here."),
    ]


def test_headings_and_bold_lines_that_ask_end_an_answer_behind_a_label() -> None:
    text = (
        "Q: Who?\nA: Me.\n\nQ: What?\nA: That.\n\n### Notes\n\nMore.\n\n## How?\n\nSo.\n\n"
        "**Why?**\n\nBecause. **Is it?** It is.\n\nQ: When?\nA: Now.\n"
    )
    assert values_of(text.encode(), "a.md") == [
        {"question": "Who?", "answer": "Me."},
        {"question": "What?", "answer": "That.\n\n### Notes\n\nMore."},
        {"question": "How?", "answer": "So."},
        {"question": "Why?", "answer": "Because. **Is it?** It is."},
        {"question": "When?", "answer": "Now."},
    ]


def test_the_most_usual_way_to_mark_questions_counts_for_the_file() -> None:
    text = (
        "# First\n\n**Who?** Me.\n\n**What?** That.\n\n"
        "# More\n\nQ: When?\nA: Now.\n\n**Why?** So.\n"
    )
    assert values_of(text.encode(), "a.md") == [
        {"question": "Who?", "answer": "Me."},
        {"question": "What?", "answer": "That."},
        {"question": "When?", "answer": "Now."},
        {"question": "Why?", "answer": "So."},
    ]
