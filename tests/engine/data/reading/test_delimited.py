from __future__ import annotations

import csv
import io
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading import lines
from engine.data.reading.rows import BadRow, Row
from tests.engine.data.reading import conftest

NAMES = st.lists(st.from_regex(r"[\w]+", fullmatch=True), min_size=1, max_size=4, unique=True)
CELLS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["a,b", "a;b", 'say "no"', "two\nlines", "old\rmac", "dos\r\n", "\t|", " ", "\0"]
)


def rows_of(content: bytes, **options: str) -> list[Row]:
    return conftest.rows_of(content, "rows.csv", **options)


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
        rows_of(b"a\xe9,b\n1,\xc3\xa9\n")


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
    bad, last = rows_of(b'a,b\n1,"two\nl\xefnes\nhere"\n3,\xc3\xa9\n')
    assert bad == Row(2, BadRow("is not UTF-8: byte 0xef at byte 2 of line 3", '1,"two\\n'))
    assert last == Row(5, {"a": "3", "b": "é"})


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
    monkeypatch.setattr(lines, "MAX_ROW_BYTES", 100)
    with pytest.raises(DataError, match="line 3: the row is longer than"):
        rows_of(b"a,b\n1,2\n" + long + b"\n3,4\n")


def test_cells_longer_than_the_csv_modules_own_limit_are_read() -> None:
    assert rows_of(b"a,b\n1," + b"x" * 300_000 + b"\n")[0].value == {"a": "1", "b": "x" * 300_000}


def test_a_table_with_a_short_row_and_cells_of_several_lines_is_read() -> None:
    rows = conftest.rows_in("cities.csv")
    assert [row.line for row in rows] == [2, 4, 5, 6]
    assert rows[0].value == {
        "city": "Reykjavík",
        "country": "Iceland",
        "note": "Northernmost capital\nof a sovereign state",
    }
    assert conftest.fault_of(rows[2]) == "has 2 cells where the header has 3"


def test_a_table_of_excel_names_its_delimiter_in_the_first_line() -> None:
    assert conftest.rows_in("excel.csv") == [
        Row(3, {"id": "1", "text": "Excel wrote this; with commas, too"}),
        Row(4, {"id": "2", "text": "And this"}),
    ]


def test_quotes_after_a_backslash_are_part_of_the_cell_where_the_file_has_them() -> None:
    assert [row.value for row in conftest.rows_in("mysql.csv")] == [
        {"id": "1", "answer": 'She said "yes", at once'},
        {"id": "2", "answer": "A path: C:\\temp"},
        {"id": "3", "answer": "plain"},
    ]


def test_a_backslash_before_a_closing_quote_stays_where_quotes_are_doubled() -> None:
    assert rows_of(b'a,b\n"C:\\","x"\n"say ""no""",y\n') == [
        Row(2, {"a": "C:\\", "b": "x"}),
        Row(3, {"a": 'say "no"', "b": "y"}),
    ]


def test_single_quotes_count_where_every_name_has_them() -> None:
    assert rows_of(b"'a','b'\n'1, or 2','it''s'\n") == [Row(2, {"a": "1, or 2", "b": "it's"})]
    assert rows_of(b"a,'b'\n1,'2'\n") == [Row(2, {"a": "1", "'b'": "'2'"})]


@pytest.mark.parametrize(
    ("delimiter", "content"),
    [
        (":", b"a:b\n1:2\n"),
        ("tab", b"a\tb\n1\t2\n"),
        ("\\t", b"a\tb\n1\t2\n"),
        ("é", "aéb\n1é2".encode()),
    ],
)
def test_any_delimiter_can_be_given(delimiter: str, content: bytes) -> None:
    assert rows_of(content, delimiter=delimiter) == [Row(2, {"a": "1", "b": "2"})]


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n", "\0", "\udc80"])
def test_what_cannot_be_a_delimiter_is_refused(delimiter: str) -> None:
    with pytest.raises(DataError, match=r"cannot be the delimiter.*--delimiter tab"):
        rows_of(b"a,b\n1,2\n", delimiter=delimiter)


def test_a_byte_beyond_the_first_ones_that_is_not_utf8_is_a_bad_row() -> None:
    rows = rows_of(b"a,b\n" + b"1,2\n" * 100_000 + b"caf\xe9,2\n3,4\n")
    assert conftest.fault_of(rows[100_000]) == "is not UTF-8: byte 0xe9 at byte 4 of line 100002"
    assert rows[100_001].value == {"a": "3", "b": "4"}


def test_a_byte_that_does_not_fit_another_encoding_is_a_bad_row() -> None:
    content = "frage,antwort\nWie heißt es?,Schön\n\x81,X\n".encode("latin-1")
    first, bad = rows_of(content, encoding="cp1252")
    assert first.value == {"frage": "Wie heißt es?", "antwort": "Schön"}
    assert conftest.fault_of(bad) == "has a byte that is not cp1252 at character 1 of line 3"


def test_json_in_cells_is_unpacked_with_the_usual_damages() -> None:
    rows = conftest.rows_in("tickets.csv")
    messages = [row.value["messages"] for row in rows if isinstance(row.value, dict)]
    assert messages == [
        [
            {"role": "user", "content": "Where is it, please?"},
            {"role": "assistant", "content": "On its way."},
        ],
        [
            {"role": "user", "content": "I want it back"},
            {"role": "assistant", "content": "Of course."},
        ],
        [
            {"role": "user", "content": "It's broken"},
            {"role": "assistant", "content": 'Sorry "again"'},
        ],
        [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
        '[{"role": "user", "content": "Are you th',
    ]
    assert conftest.cell_of(rows[1], "subject") == "[urgent] refund"
    assert conftest.cell_of(rows[0], "tags") == ["post", "late"]
