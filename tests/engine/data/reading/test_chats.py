from __future__ import annotations

import json
from itertools import chain
from typing import Any

import pytest

from engine.data.reading.chats import chats_in_texts
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from tests.engine.data.reading.conftest import file_of

CHAT = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me."}]
TEXT = json.dumps(CHAT)
TOOLS = [{"type": "function", "function": {"name": "find"}}]
JSON_TEXT = json.dumps({"find": "x"})


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json"])
def test_a_chat_that_is_a_text_is_given_as_a_list(name: str) -> None:
    rows = [
        {"messages": TEXT, "tools": json.dumps(TOOLS), "note": TEXT},
        {"messages": TEXT.replace('"', '""'), "tools": "", "note": "x"},
        {"messages": "no chat", "tools": None, "note": "y"},
    ]
    content = "\n".join(map(json.dumps, rows)) if name == "rows.jsonl" else json.dumps(rows)
    with file_of(content.encode(), name) as path:
        with read_rows(path) as opened:
            found = [row.value for row in opened]
            place = opened.place
            assert opened.unpacked == ("messages", "tools")
            assert opened.repairs.told(place) == [
                f"2 rows repaired: text of JSON in 'messages' unpacked ({place}s 1, 2)",
                f"1 row repaired: text of JSON in 'tools' unpacked ({place} 1)",
            ]
        batches = read_rows(path).batches()
        assert [row.value for row in chain.from_iterable(b.rows() for b in batches)] == found
    assert found == [
        {"messages": CHAT, "tools": TOOLS, "note": TEXT},
        {"messages": CHAT, "tools": "", "note": "x"},
        {"messages": "no chat", "tools": None, "note": "y"},
    ]


def values(*rows: dict[str, Any], texts: frozenset[str] = frozenset()) -> list[Any]:
    content = "\n".join(map(json.dumps, rows)).encode()
    with file_of(content, "rows.jsonl") as path:
        return [row.value for row in read_rows(path, ReadingOptions(texts=texts))]


def test_json_that_is_meant_as_a_text_stays_one() -> None:
    for row in (
        {"prompt": TEXT, "completion": JSON_TEXT},
        {"messages": CHAT, "conversations": TEXT},
        {"input": {"messages": CHAT}, "preferred_output": CHAT, "chosen": TEXT},
        {"messages": JSON_TEXT},
        {"tools": json.dumps(TOOLS), "text": "x"},
    ):
        assert values(row) == [row]


def test_a_preference_whose_parts_are_texts_is_unpacked() -> None:
    row = {"input": {"messages": CHAT}, "preferred_output": CHAT, "non_preferred_output": CHAT}
    assert values({key: json.dumps(value) for key, value in row.items()}) == [row]


def test_a_field_that_a_template_shows_stays_a_text() -> None:
    assert values({"messages": TEXT}, texts=frozenset({"messages"})) == [{"messages": TEXT}]
    assert chats_in_texts([{"messages": TEXT}], ()) == ("messages", "tools")
