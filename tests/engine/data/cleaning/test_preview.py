from __future__ import annotations

from collections.abc import Iterator

from engine.data.cleaning.preview import TextChange, preview
from engine.data.cleaning.recipe import Recipe
from engine.data.shapes.example import Record
from tests.engine.data.cleaning.conftest import Chat


def test_changed_texts_are_shown_with_their_place_line_and_steps(chat: Chat) -> None:
    records = [(3, chat("fine", "fine")), (8, chat("q", "cafÃ© \n", "r", "s"))]
    (change,) = preview(records, Recipe.parse("strip,fix-encoding"), 10)
    assert change.line == 8
    assert change.record is records[1][1]
    assert change.steps == ("fix-encoding", "strip")
    assert change.texts == [
        TextChange(
            "messages[1].content",
            "cafÃ© \n",
            "café",
        )
    ]
    assert change.dropped_by is None


def test_examples_that_would_be_left_out_are_shown_with_the_reason(chat: Chat) -> None:
    records = list(enumerate([chat("q", "a"), chat("q", " "), chat("q ", "a")], 1))
    empty, repeated = preview(records, Recipe.parse("strip,drop-empty,dedupe"), 10)
    assert (empty.line, empty.dropped_by, empty.repeats) == (2, "drop-empty", None)
    assert (repeated.line, repeated.dropped_by, repeated.repeats) == (3, "dedupe", 1)
    assert repeated.texts == []


def test_masked_arguments_of_calls_are_shown_too(chat: Chat) -> None:
    record = chat("q", "")
    function = {"name": "f", "arguments": '{"to": "a@example.com"}'}
    record["messages"][1] = {"role": "assistant", "content": None, "function_call": function}
    (change,) = preview([(1, record)], Recipe.parse("mask-secrets"), 10)
    assert [text.place for text in change.texts] == ["messages[1].function_call.arguments"]


def test_no_more_is_read_than_the_limit_asks_for(chat: Chat) -> None:
    def endless() -> Iterator[tuple[int, Record]]:
        line = 0
        while True:
            line += 1
            yield line, chat(f"q{line} ", "a")

    changes = preview(endless(), Recipe.parse("all"), 3)
    assert [change.line for change in changes] == [1, 2, 3]
    assert preview(endless(), Recipe.parse("all"), 0) == []
