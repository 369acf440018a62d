from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.data.reading.reader import RowList
from engine.data.reading.rows import BadRow, Row
from engine.data.tokens.counting import ExampleTokens
from engine.data.tokens.tokenizer import TokenizerSpec
from engine.data.versions.counting import count_tokens


def rows(count: int) -> list[Row]:
    """Examples of growing length."""
    made: list[dict[str, Any]] = [
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Why? " * (number + 1)},
                {"role": "assistant", "content": "So."},
            ]
        }
        for number in range(count)
    ]
    return [Row(line, record) for line, record in enumerate(made, 1)]


def test_all_examples_are_counted_in_their_order_on_all_cores(tmp_path: Path) -> None:
    spec = TokenizerSpec("hosted", "o200k_base", tmp_path)
    given = rows(600)
    pieces = [RowList(given[start : start + 100]) for start in range(0, 600, 100)]
    counts = count_tokens(pieces, spec)
    expected = spec.load().counts([row.value for row in given if isinstance(row.value, dict)])
    assert list(counts.total.values) == [
        count.total for count in expected if isinstance(count, ExampleTokens)
    ]
    assert counts.assistant.total == 600 * 2
    assert counts.system == 600 * 3
    assert counts.messages.total == 1800
    assert json.loads(json.dumps(counts.to_json()))["tokenizer"] == "o200k_base"


def test_what_cannot_be_counted_is_left_out_and_told(tmp_path: Path, tiny_base: Path) -> None:
    late = {"role": "system", "content": "Be brief."}
    refused = {"messages": [{"role": "user", "content": "Why?"}, late]}
    spec = TokenizerSpec("local", str(tiny_base), tmp_path)
    batch = RowList([*rows(2), Row(3, BadRow("is cut off", "{")), Row(4, refused)])
    counts = count_tokens([batch], spec)
    assert (counts.total.examples, counts.uncounted) == (2, 2)
    assert counts.tokenizer == tiny_base.name


def test_the_tokens_of_what_is_there_twice_are_told(tmp_path: Path) -> None:
    spec = TokenizerSpec("hosted", "o200k_base", tmp_path)
    given = rows(10)
    again = [Row(11, given[3].value), Row(12, given[7].value), Row(13, given[3].value)]
    counts = count_tokens([RowList([*given, *again])], spec)
    assert list(counts.repeated.values) == [counts.total.values[n] for n in (3, 7, 3)]
