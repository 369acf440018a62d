from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading import jsonpieces
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow, Row
from tests.engine.data.reading.conftest import (
    cell_of,
    fault_of,
    file_of,
    rows_in,
    rows_of,
    values_of,
)
from tests.engine.data.reading.test_jsonlines import ROWS


@given(ROWS, st.sampled_from([None, 0, 2]), st.booleans(), st.integers(1, 9))
def test_any_rows_written_as_a_list_come_back_equal(
    rows: list[dict[str, Any]], indent: int | None, ascii_only: bool, at_once: int
) -> None:
    text = json.dumps(rows, ensure_ascii=ascii_only, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonpieces, "BUFFER_BYTES", at_once)
        assert rows_of(text.encode(), "a.json") == [
            Row(number, row) for number, row in enumerate(rows, 1)
        ]


@given(ROWS, st.dictionaries(st.sampled_from("abc"), st.just([1]) | st.just({}) | st.text()))
def test_any_rows_in_a_list_of_an_object_come_back_equal(
    rows: list[dict[str, Any]], around: dict[str, Any]
) -> None:
    text = json.dumps(around | {"rows": rows} | {"z": None})
    assert values_of(text.encode(), "a.json", member="rows") == rows


def test_broken_rows_are_told_with_line_and_byte_and_leave_the_others_alone() -> None:
    rows = rows_in("planets.json")
    assert [row.line for row in rows] == [1, 2, 3, 4, 5]
    assert fault_of(rows[2]) == "is not valid JSON: expected value at line 4, byte 67"
    assert fault_of(rows[3]) == "is a text, not a JSON object (line 5)"
    assert cell_of(rows[1], "exact") == 149597870700000000000000
    assert rows[4].value == {"question": "Has Venus a moon?", "answer": "No", "share": 0.1}


def test_the_list_in_an_object_is_found() -> None:
    assert [row.value for row in rows_in("export.json")] == [
        {"q": "Two and two?", "a": "Four"},
        {"q": "Three and three?", "a": "Six"},
    ]


def test_of_several_lists_one_is_chosen_by_its_name() -> None:
    content = b'{"train": [{"a": 1}], "test": [{"a": 2}]}'
    assert values_of(content, "a.json", member="test") == [{"a": 2}]
    with pytest.raises(DataError, match=r"holds 2 lists of objects: train, test\. .*--member"):
        rows_of(content, "a.json")
    with pytest.raises(DataError, match=r"no 'trian' among its lists \(did you mean 'train'\?\)"):
        rows_of(content, "a.json", member="trian")


def test_a_second_list_that_comes_late_is_told_as_well() -> None:
    first = b'{"train": [' + b", ".join([b'{"a": 1}'] * 50_000) + b"]"
    with pytest.raises(DataError, match=r"holds 2 lists of objects: train, test"):
        rows_of(first + b', "test": [{"a": 2}]}', "a.json")
    with pytest.raises(DataError, match=r"has no list 'late'"):
        rows_of(first + b"}", "a.json", member="late")


@pytest.mark.parametrize(
    "content",
    [
        b'{"messages": [{"role": "user"}], "tools": [{"a": 1}]}',
        b'{\n "messages": [{"role": "user"}],\n "tools": [{"a": 1}]\n}',
        b'{\n "a": 1\n}\n{\n "a": 2\n}\n',
    ],
)
def test_objects_that_are_rows_themselves_are_rows(content: bytes) -> None:
    decoder, text, expected = json.JSONDecoder(), content.decode(), []
    while text.strip():
        value, end = decoder.raw_decode(text.lstrip())
        expected.append(value)
        text = text.lstrip()[end:]
    assert values_of(content, "a.json") == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'[{"a": 1}, {"a": 2', "is cut off: it ends in the middle of a JSON value (line 1)"),
        (b'[{"a": 1},\n\n', "is cut off: the list does not end (line 3)"),
        (b'{"r": [{"a": 1}]', "is cut off: the object around the list does not end (line 1)"),
        (b'[{"a": 1}] }', "is no row but a stray '}' (line 1)"),
        (b'[{"a": 1}: {"a": 2}', "is no row but a stray ':' (line 1)"),
        (b'[{"a": 1}]\n{"b": }', "is not valid JSON: expected value at line 2, byte 7"),
        (b'[{"a": 1}\n, {"b": "\xc3\xa9\xe9"}]', "is not UTF-8: byte 0xe9 at line 2, byte 12"),
        (b'[{"a": 1}, [2]]', "is a list, not a JSON object (line 1)"),
    ],
)
def test_what_is_wrong_behind_the_first_row_is_told_with_its_place(
    content: bytes, reason: str
) -> None:
    first, bad, *_ = rows_of(content, "a.json")
    assert first == Row(1, {"a": 1})
    assert fault_of(bad) == reason


@pytest.mark.parametrize("content", [b'[{"a": 1} {"a": 2}]', b'[{"a": 1},, {"a": 2},]'])
def test_commas_too_many_or_too_few_are_no_harm(content: bytes) -> None:
    assert values_of(content, "a.json") == [{"a": 1}, {"a": 2}]


def test_half_a_surrogate_pair_is_a_bad_row_and_no_question_mark() -> None:
    bad, good = values_of(b'[{"a": "\\ud800"}, {"a": "\\ud83d\\ude00"}]', "a.json")
    assert isinstance(bad, BadRow)
    assert "surrogate" in bad.reason
    assert good == {"a": "😀"}


def test_a_bracket_that_never_closes_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonpieces, "MAX_ROW_BYTES", 1000)
    monkeypatch.setattr(jsonpieces, "BUFFER_BYTES", 100)
    with pytest.raises(DataError, match=r"line 1: a value is longer than"):
        rows_of(b'[{"a": 1}, {"b": "' + b"x" * 5000 + b'"}]', "a.json")


def test_brackets_without_end_take_no_memory_to_speak_of() -> None:
    tracemalloc.start()
    *_, row = rows_of(b"[" * 200_000, "a.json")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert "is cut off" in fault_of(row)


def test_a_list_many_times_longer_takes_no_more_memory(tmp_path: Path) -> None:
    row = b'{"prompt": "' + b"p" * 500 + b'", "completion": "' + b"c" * 500 + b'"}'

    def peak(count: int) -> int:
        path = tmp_path / f"{count}.json"
        path.write_bytes(b"[" + b",\n".join([row] * count) + b"]")
        tracemalloc.start()
        assert sum(1 for _ in read_rows(path)) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    assert peak(10_000) < 1.5 * peak(1000)


def test_rows_are_counted_and_their_fields_are_the_columns() -> None:
    with file_of(b'[{"b": 1}, 5, {"a": 2, "b": 3}]', "a.json") as path, read_rows(path) as rows:
        assert rows.columns == ("b", "a")
        assert rows.place == "row"
        assert [row.line for row in rows] == [1, 2, 3]


def test_a_document_in_another_encoding_is_read() -> None:
    content = json.dumps([{"a": "Schön"}, {"a": "größer"}], ensure_ascii=False).encode("utf-16")
    assert values_of(content, "a.json") == [{"a": "Schön"}, {"a": "größer"}]
    with file_of(content, "a.json") as path, read_rows(path, ReadingOptions()) as rows:
        assert rows.encoding == "utf-16"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"a": 1},\n{"a": 2}\n', "comma behind the object (row 1)"),
        (b'[{"a": 1}, {"a": 2,}]', "trailing comma (row 2)"),
        (b"[{'a': 1}, {\"a\": 2}]", "written by Python, not as JSON (row 1)"),
        (b'{"a": 1}\n\xef\xbb\xbf{"a": 2}', "byte order mark inside the file (row 2)"),
        (b'{"rows": [{"a": 1}, {a: 2}]}', "quotes or commas of the JSON set right (row 2)"),
    ],
)
def test_damaged_rows_are_mended_and_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with read_rows(path, ReadingOptions("json")) as rows:
        assert list(rows) == [Row(1, {"a": 1}), Row(2, {"a": 2})]
        assert rows.repairs.told(rows.place) == [f"1 row repaired: {told}"]
    [batch] = read_rows(path, ReadingOptions("json")).batches()
    assert batch.repairs == rows.repairs


def test_nothing_is_mended_where_a_file_is_to_be_seen_as_it_stands() -> None:
    good, comma, bad = rows_of(b'{"a": 1}, {"a": 2,}', "a.json", file_format="json", repair="none")
    assert good == Row(1, {"a": 1})
    assert fault_of(comma) == "is no row but a stray ',' (line 1)"
    assert "trailing comma" in fault_of(bad)


def test_a_row_that_is_cut_off_is_taken_for_what_it_is_on_request() -> None:
    content = b'[{"a": 1}, {"a": "on'
    assert "cut off" in fault_of(rows_of(content, "a.json")[1])
    assert rows_of(content, "a.json", repair="all")[1] == Row(2, {"a": "on"})


def test_a_list_at_the_top_has_nothing_to_choose() -> None:
    with pytest.raises(DataError, match="is a list, with nothing in it to name"):
        rows_of(b'[{"a": 1}]', "a.json", member="rows")
