from __future__ import annotations

import json
import pickle
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.reading import jsonlines, lineblocks
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row
from tests.engine.data.reading import conftest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
ROWS = st.lists(st.dictionaries(TEXT, VALUES, max_size=4), min_size=1, max_size=6)


def rows_of(content: bytes) -> list[Row]:
    return conftest.rows_of(content, "rows.jsonl")


def fault_of(content: bytes) -> str:
    [row] = rows_of(content)
    return conftest.fault_of(row)


@given(ROWS, st.booleans(), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_any_rows_written_as_json_lines_come_back_equal(
    rows: list[dict[str, Any]], ascii_only: bool, ending: str
) -> None:
    text = "".join(json.dumps(row, ensure_ascii=ascii_only) + ending for row in rows)
    assert [row.value for row in rows_of(text.encode())] == rows


def test_the_last_line_may_lack_its_newline() -> None:
    assert rows_of(b'{"a": 1}\n{"a": 2}')[1] == Row(2, {"a": 2})


def test_blank_lines_are_passed_over_and_still_counted() -> None:
    assert rows_of(b'\n  \t\r\n{"a": 1}\n\n{"a": 2}\n') == [Row(3, {"a": 1}), Row(5, {"a": 2})]


def test_a_byte_order_mark_is_dropped() -> None:
    assert rows_of(b'\xef\xbb\xbf{"a": 1}\n') == [Row(1, {"a": 1})]


def test_large_whole_numbers_keep_every_digit() -> None:
    assert rows_of(b'{"a": 123456789012345678901234567890}')[0].value == {
        "a": 123456789012345678901234567890
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": "b', "is cut off: it ends in the middle of a JSON value"),
        (b'{"a": "b\n', "is cut off: it ends in the middle of a JSON value"),
        (b"[1, 2]", "is a list, not a JSON object"),
        (b"null", "is null, not a JSON object"),
        (b'{"a": "\xc3\xa9\xe9"}', "is not UTF-8: byte 0xe9 at byte 10 of the line"),
        (b'{"a": 1} x', "is not valid JSON: trailing characters at byte 10 of the line"),
        (
            b'{"a": "\\ud83d"}',
            "has half of a surrogate pair (\\ud800 to \\udfff alone), which is no character",
        ),
    ],
)
def test_a_broken_line_says_what_is_wrong(content: bytes, reason: str) -> None:
    assert fault_of(content) == reason


def test_lines_nested_beyond_measure_are_bad_rows() -> None:
    assert "recursion limit" in fault_of(b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}")


def test_a_bad_line_leaves_the_lines_around_it_alone() -> None:
    first, bad, last = rows_of(b'{"a": 1}\n{"a": \n{"a": 3}\n')
    assert (first, last) == (Row(1, {"a": 1}), Row(3, {"a": 3}))
    assert bad == Row(2, BadRow("is cut off: it ends in the middle of a JSON value", '{"a":'))


def test_a_line_beyond_all_measure_is_named_and_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jsonlines, "MAX_ROW_BYTES", 64)
    fitting = b'{"a": "' + b"x" * (64 - 10) + b'"}\n'
    long = b'{"a": "' + b"x" * 200 + b'"}\n'
    first, bad, last = rows_of(fitting + long + b'{"a": 3}\n')
    assert len(fitting) == 64
    assert isinstance(first.value, dict)
    assert isinstance(bad.value, BadRow)
    assert "is longer than" in bad.value.reason
    assert last == Row(3, {"a": 3})


def test_the_columns_are_the_fields_of_the_first_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"b": 1, "a": 2}\nbroken\n{"c": 3, "a": 4}')
    with read_rows(path) as rows:
        assert rows.columns == ("b", "a", "c")


def test_a_file_of_chats_with_a_blank_and_a_cut_line_gives_the_others() -> None:
    rows = conftest.rows_in("support.jsonl")
    assert [row.line for row in rows] == [1, 2, 4, 5]
    assert conftest.fault_of(rows[2]) == "is cut off: it ends in the middle of a JSON value"
    assert isinstance(rows[3].value, dict)
    assert rows[3].value["messages"][0]["content"] == "Danke schön!"


def repaired(content: bytes, **options: Any) -> tuple[list[Row], list[str]]:  # noqa: ANN401
    """Return the rows and what is told of their repairs, read one by one and in batches."""
    with conftest.file_of(content, "rows.jsonl") as path:
        reading = ReadingOptions(file_format="jsonl", **options)
        with read_rows(path, reading) as rows:
            found = list(rows)
            told = rows.repairs.told(rows.place)
        repairs = Repairs()
        for batch in read_rows(path, reading).batches():
            travelled = pickle.loads(pickle.dumps(batch))  # noqa: S301 - our own rows
            list(travelled.rows())
            repairs.add_all(travelled.repairs)
    assert repairs.told("line") == told
    return found, told


PAIR = b'{"prompt": "p", "completion": "c"}'
VALUE = {"prompt": "p", "completion": "c"}


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        (PAIR + b",", "comma behind the object"),
        (b'{"prompt": "p", "completion": "c",}', "trailing comma"),
        (b"\xef\xbb\xbf" + PAIR, "byte order mark inside the file"),
        (b"{'prompt': 'p', 'completion': 'c'}", "written by Python, not as JSON"),
        (b'{\n  "prompt": "p",\n  "completion": "c"\n}', "object over several lines"),
        ("{“prompt”: “p”, “completion”: “c”}".encode(), "curly quotes"),
        (b'{"prompt": "p" "completion": "c"}', "quotes or commas of the JSON set right"),
    ],
)
def test_a_damaged_line_is_mended_and_told(damaged: bytes, told: str) -> None:
    rows, repairs = repaired(PAIR + b"\n" + damaged + b"\n" + PAIR + b"\n")
    assert [row.value for row in rows] == [VALUE] * 3
    assert rows[1].line == 2
    assert rows[2].line == 3 + damaged.count(b"\n")
    assert repairs == [f"1 row repaired: {told} (line 2)"]


def test_bare_tabs_and_line_breaks_stay_in_the_texts() -> None:
    content = b'{"a": "one\ttwo"}\n{"a": "one\n\n two"}\n{"a": 3}\n'
    rows, repairs = repaired(content)
    assert rows == [Row(1, {"a": "one\ttwo"}), Row(2, {"a": "one\n\n two"}), Row(5, {"a": 3})]
    assert repairs == ["2 rows repaired: line break or tab in a text (lines 1, 2)"]


def test_several_objects_on_a_line_are_several_rows() -> None:
    rows, repairs = repaired(b'{"a": 1}{"a": 2}\n{"a": 3}\n')
    assert rows == [Row(1, {"a": 1}), Row(1, {"a": 2}), Row(2, {"a": 3})]
    assert repairs == ["1 row repaired: several objects on one line (line 1)"]


def test_the_brackets_of_an_array_are_bad_rows_where_lines_are_wished_for() -> None:
    first, row, last = repaired(b'[\n{"a": 1},\n]\n')[0]
    assert row == Row(2, {"a": 1})
    assert "cut off" in conftest.fault_of(first)
    assert "not valid JSON" in conftest.fault_of(last)


def test_a_line_that_is_cut_off_takes_no_good_line_with_it() -> None:
    content = b'{"a": "x\n{"a": 1}\n{"a":\n\n{"a": 2}\n'
    bad, good, other, last = repaired(content)[0]
    assert (good, last) == (Row(2, {"a": 1}), Row(5, {"a": 2}))
    assert "cut off" in conftest.fault_of(bad)
    assert "cut off" in conftest.fault_of(other)


def test_a_line_that_is_cut_off_is_taken_for_what_it_is_on_request() -> None:
    rows, repairs = repaired(b'{"a": "one", "b": "tw\n{"a": 1}\n', repair="all")
    assert rows == [Row(1, {"a": "one", "b": "tw"}), Row(2, {"a": 1})]
    assert repairs == ["1 row repaired: cut off, and closed where it ends (line 1)"]


def test_nothing_is_mended_where_a_file_is_to_be_seen_as_it_stands() -> None:
    text = json.dumps({"messages": json.dumps([{"role": "user", "content": "hi"}])}).encode()
    rows, repairs = repaired(PAIR + b",\n" + text + b"\n", repair="none")
    assert "not valid JSON" in conftest.fault_of(rows[0])
    assert rows[1].value == json.loads(text)
    assert repairs == []


def test_an_object_on_very_many_lines_is_not_put_together() -> None:
    short = b"{\n" + b"\n" * (lineblocks.MOST_JOINED_LINES - 3) + b'"a": 1}\n'
    assert [row.value for row in repaired(short)[0]] == [{"a": 1}]
    long = b"{\n" + b"\n" * lineblocks.MOST_JOINED_LINES + b'"a": 1}\n'
    assert [type(row.value) for row in repaired(long)[0]] == [BadRow, BadRow]


def test_lines_that_end_in_carriage_returns_are_lines_and_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\r{"a": "\\r"}\r\r{"a": 3}')
    with read_rows(path) as rows:
        assert rows.notes == ("its lines end in carriage returns",)
        assert rows.columns == ("a",)
        assert list(rows) == [Row(1, {"a": 1}), Row(2, {"a": "\r"}), Row(4, {"a": 3})]
    batches = list(read_rows(path).batches())
    assert [row.line for batch in batches for row in batch.rows()] == [1, 2, 4]


LINES = st.sampled_from(
    [
        *(b'{"a": 1}', b'{"a": "\xc3\xa9"}', b'{"a": "\xe9"}', b'{"a": "b', b"[1]", b"x" * 70),
        *(b"", b" \t", b"\r", b"\x0b", b'{"a": 1}\r', b'{"a":"' + b"y" * 60 + b'"}', b"\0"),
        *(b"{", b"}", b'"b": 2}', b'{"a": 1},', b'{"a": 1,', b" {", b'{"a": "x', b'y"}', b"},"),
        *(b"\xef\xbb\xbf{}", b"{'a': 1}", b"[", b"],", b'{"a": 1}{"a": 2}'),
    ]
)


JSON_LINES = ReadingOptions(file_format="jsonl")


@given(st.lists(LINES | st.binary(max_size=80), max_size=12), st.booleans(), st.integers(1, 40))
def test_blocks_give_the_same_rows_as_the_file_whatever_is_in_it(
    lines: list[bytes], ends: bool, size: int
) -> None:
    content = b"\xc3\xa9" * 40 + b"\n" + b"\n".join(lines) + b"\n" * ends
    with pytest.MonkeyPatch.context() as patch, conftest.file_of(content, "rows.jsonl") as path:
        patch.setattr(jsonlines, "MAX_ROW_BYTES", 64)
        patch.setattr(jsonlines, "BATCH_BYTES", size)
        for module in (jsonlines, lineblocks):
            patch.setattr(module, "MOST_JOINED_LINES", 4)
            patch.setattr(module, "MOST_JOINED_BYTES", 30)
        rows = read_rows(path, JSON_LINES)
        expected = list(rows)
        opened = read_rows(path, JSON_LINES)
        batches = [pickle.loads(pickle.dumps(batch)) for batch in opened.batches()]  # noqa: S301
        assert list(chain.from_iterable(batch.rows() for batch in batches)) == expected
    repairs = Repairs()
    for batch in batches:
        repairs.add_all(batch.repairs)
    assert repairs == rows.repairs
    assert sum(batch.count_hint for batch in batches) >= len({row.line for row in expected})


@given(
    st.lists(st.text(max_size=9), min_size=1, max_size=9), st.sampled_from(["utf-16", "gb18030"])
)
def test_blocks_give_the_same_rows_in_any_encoding(texts: list[str], encoding: str) -> None:
    content = "\n".join(json.dumps({"a": text}, ensure_ascii=False) for text in texts)
    data = content.encode(encoding, "replace")
    with pytest.MonkeyPatch.context() as patch, conftest.file_of(data, "rows.jsonl") as path:
        patch.setattr(jsonlines, "BATCH_BYTES", 10)
        options = ReadingOptions(encoding=encoding)
        expected = list(read_rows(path, options))
        batches = list(read_rows(path, options).batches())
    assert list(chain.from_iterable(batch.rows() for batch in batches)) == expected


def test_a_byte_that_does_not_fit_the_given_encoding_is_a_bad_row() -> None:
    content = '{"a": "é"}\n{"a": "X"}\n{"a": "ü"}\n'.encode("cp1252").replace(b"X", b"\x81")
    first, bad, last = conftest.rows_of(content, "rows.jsonl", encoding="cp1252")
    assert (first.value, last.value) == ({"a": "é"}, {"a": "ü"})
    assert conftest.fault_of(bad) == "has a byte that is not cp1252 at character 8 of the line"
