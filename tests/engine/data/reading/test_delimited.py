from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading import delimited
from engine.data.reading.files import read_rows
from engine.data.reading.rows import BadRow, Row

NAMES = st.lists(st.from_regex(r"[\w]+", fullmatch=True), min_size=1, max_size=4, unique=True)
CELLS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["a,b", "a;b", 'say "no"', "two\nlines", "old\rmac", "dos\r\n", "\t|", " ", "\0"]
)


def rows_of(content: bytes) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(content)
        return list(read_rows(path))


@given(
    st.data(),
    NAMES,
    st.sampled_from(",;\t|"),
    # With another line end the csv module leaves a lone carriage return in a cell unquoted.
    st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL)]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_any_rows_written_as_csv_come_back_equal(
    data: st.DataObject,
    names: list[str],
    delimiter: str,
    style: tuple[str, Literal[0, 1]],
    mark: bytes,
) -> None:
    records = data.draw(
        st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=5)
    )
    text = io.StringIO(newline="")
    ending, quoting = style
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerows([names, *records])
    rows = rows_of(mark + text.getvalue().encode())
    assert [row.value for row in rows] == [
        dict(zip(names, record, strict=True)) for record in records
    ]


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_each_row_is_named_by_the_line_on_which_it_starts(
    records: list[tuple[str, str]],
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    expected = []
    for record in records:
        written = text.getvalue()
        expected.append(written.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1)
        writer.writerow(record)
    assert [row.line for row in rows_of(text.getvalue().encode())] == expected


def test_blank_lines_are_passed_over_and_still_counted() -> None:
    assert rows_of(b"\na,b\n\n1,2\n\n\n3,4\n") == [
        Row(4, {"a": "1", "b": "2"}),
        Row(7, {"a": "3", "b": "4"}),
    ]


def test_columns_without_a_name_are_named_by_their_place() -> None:
    assert rows_of(b", q ,a\n0,1,2\n") == [Row(2, {"column_1": "0", "q": "1", "a": "2"})]


def test_a_header_with_a_name_twice_is_refused() -> None:
    with pytest.raises(DataError, match=r"line 1: the header has two columns called 'a'"):
        rows_of(b"a,b,a\n1,2,3\n")


def test_a_header_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(DataError, match=r"line 1: the header is not UTF-8: byte 0xe9 at byte 2"):
        rows_of(b"a\xe9,b\n1,2\n")


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(DataError, match="holds no rows"):
        rows_of(b"a,b\n")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1", "has 1 cell where the header has 2"),
        (b"1,2,3", "has 3 cells where the header has 2"),
        (b'"say "no"",2', "has a quote inside a quoted cell that is not doubled"),
        (b"caf\xc3\xa9,caf\xe9", "is not UTF-8: byte 0xe9 at byte 10 of line 3"),
    ],
)
def test_a_broken_row_says_what_is_wrong_and_leaves_the_others_alone(
    line: bytes, reason: str
) -> None:
    first, bad, last = rows_of(b"a,b\n1,2\n" + line + b"\n3,4\n")
    assert (first, last) == (Row(2, {"a": "1", "b": "2"}), Row(4, {"a": "3", "b": "4"}))
    assert bad.line == 3
    assert isinstance(bad.value, BadRow)
    assert bad.value.reason == reason


def test_a_wrong_byte_inside_a_cell_of_several_lines_spoils_that_row_only() -> None:
    bad, last = rows_of(b'a,b\n1,"two\nl\xefnes\nhere"\n3,4\n')
    assert bad == Row(2, BadRow("is not UTF-8: byte 0xef at byte 2 of line 3", '1,"two\\n'))
    assert last == Row(5, {"a": "3", "b": "4"})


def test_a_quote_that_never_closes_is_named_where_it_opens() -> None:
    first, bad = rows_of(b'a,b\n1,2\n3,"4\n5,6\n7,8\n')
    assert first == Row(2, {"a": "1", "b": "2"})
    assert bad.line == 3
    assert isinstance(bad.value, BadRow)
    assert bad.value.reason == (
        "opens a quote that is never closed (lines 3 to 5 were taken for one row)"
    )


def test_a_quote_that_the_next_row_closes_is_named_with_both_lines() -> None:
    bad, last = rows_of(b'a,b\n1,"2\n"3",4\n5,6\n')
    assert bad.line == 2
    assert isinstance(bad.value, BadRow)
    assert bad.value.reason == (
        "has a quote inside a quoted cell that is not doubled (lines 2 to 3 were taken for one row)"
    )
    assert last == Row(4, {"a": "5", "b": "6"})


@pytest.mark.parametrize(
    "long",
    [b"x" * 500, b'"' + b"x\n" * 250, b"x," * 250],
    ids=["one cell", "a quote never closed", "many cells"],
)
def test_a_row_beyond_all_measure_ends_the_reading(
    long: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "MAX_ROW_BYTES", 100)
    with pytest.raises(DataError, match="line 3: the row is longer than"):
        rows_of(b"a,b\n1,2\n" + long + b"\n3,4\n")


def test_cells_longer_than_the_csv_modules_own_limit_are_read() -> None:
    assert rows_of(b"a,b\n1," + b"x" * 300_000 + b"\n")[0].value == {"a": "1", "b": "x" * 300_000}
