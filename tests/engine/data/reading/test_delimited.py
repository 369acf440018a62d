from __future__ import annotations

import csv
import io
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError, WishError
from engine.data.reading import lines
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow, Row
from tests.engine.data.reading import conftest

NAMES = st.lists(st.from_regex(r"[\w]+", fullmatch=True), min_size=1, max_size=4, unique=True)
CELLS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["a,b", "a;b", 'say "no"', "two\nlines", "old\rmac", "dos\r\n", "\t|", " ", "\0"]
)


def rows_of(content: bytes, **options: Any) -> list[Row]:  # noqa: ANN401 - any option
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
    rows = rows_of(mark + text.getvalue().encode(), texts=frozenset(names))
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


def notes_of(content: bytes, name: str = "rows.csv", **options: Any) -> tuple[str, ...]:  # noqa: ANN401
    with (
        conftest.file_of(content, name) as path,
        read_rows(path, ReadingOptions(**options)) as rows,
    ):
        return rows.notes


def test_a_blank_before_a_quoted_cell_is_no_part_of_it() -> None:
    assert rows_of(b'prompt, completion\n"a, b", "c, d"\n"e", "f ""g"""\n') == [
        Row(2, {"prompt": "a, b", "completion": "c, d"}),
        Row(3, {"prompt": "e", "completion": 'f "g"'}),
    ]


def test_a_blank_before_a_cell_without_quotes_is_part_of_it() -> None:
    assert rows_of(b"prompt, completion\na, b\n") == [
        Row(2, {"prompt": "a", "completion": " b"}),
    ]


@pytest.mark.parametrize(
    "content", [b"prompt:completion\na:b\nc:d\n", b'prompt completion\n"a" "b"\n"c" "d"\n']
)
def test_colons_and_blanks_between_cells_are_found_where_nothing_speaks_against_it(
    content: bytes,
) -> None:
    assert [row.value for row in rows_of(content)] == [
        {"prompt": "a", "completion": "b"},
        {"prompt": "c", "completion": "d"},
    ]


@pytest.mark.parametrize(
    "content",
    [b"my text\nhello world\n", b"text\nnote: this\n", b"at: what\n12: this\n", b"at:b\na:b:c\n"],
)
def test_colons_and_blanks_in_texts_are_no_delimiters(content: bytes) -> None:
    [row] = rows_of(content)
    assert isinstance(row.value, dict)
    assert len(row.value) == 1


QUOTES_IN_TEXTS = b'prompt\tcompletion\n"Hi" she said\tb\nc\t"d\ne\t"f"\ng\th\n'


def test_quotes_in_a_table_that_does_not_quote_are_part_of_its_texts() -> None:
    assert [row.value for row in conftest.rows_of(QUOTES_IN_TEXTS, "rows.tsv")] == [
        {"prompt": '"Hi" she said', "completion": "b"},
        {"prompt": "c", "completion": '"d'},
        {"prompt": "e", "completion": '"f"'},
        {"prompt": "g", "completion": "h"},
    ]
    assert notes_of(QUOTES_IN_TEXTS, "rows.tsv") == (
        "its quotes are read as part of the texts, not as around cells",
    )


def test_a_quote_that_closes_rows_further_down_loses_no_row() -> None:
    content = b'a\tb\n"x\t1\ny"\t2\n'
    assert [row.value for row in conftest.rows_of(content, "rows.tsv")] == [
        {"a": '"x', "b": "1"},
        {"a": 'y"', "b": "2"},
    ]


def test_a_table_that_quotes_between_tabs_is_read_so() -> None:
    content = b'"a"\t"b"\n"two\nlines"\t"a\ttab"\n"say ""no"""\t"x"\n'
    assert [row.value for row in conftest.rows_of(content, "rows.tsv")] == [
        {"a": "two\nlines", "b": "a\ttab"},
        {"a": 'say "no"', "b": "x"},
    ]
    assert notes_of(content, "rows.tsv") == ()


def test_how_a_table_quotes_can_be_said() -> None:
    assert rows_of(b'a,b\n"x",2\n', quoting="none") == [Row(2, {"a": '"x"', "b": "2"})]
    first, *_ = conftest.rows_of(QUOTES_IN_TEXTS, "rows.tsv", quoting="double")
    assert "a quote inside a quoted cell" in conftest.fault_of(first)
    assert notes_of(b'a,b\n"x",2\n', quoting="none") == ()
    with pytest.raises(WishError, match="There is no quoting 'single'"):
        rows_of(b"a,b\n1,2\n", quoting="single")


@pytest.mark.parametrize(
    ("above", "told"),
    [
        (b"Survey 2024\n", "line 1 is passed over, as above the header: 'Survey 2024'"),
        (b"Survey,,\n,,\n", "lines 1 to 2 are passed over, as above the header: 'Survey'"),
        (b"Survey\r\n\r\n", "lines 1 to 2 are passed over, as above the header: 'Survey'"),
        (b"sep=,\nSurvey 2024\n", "line 2 is passed over, as above the header: 'Survey 2024'"),
    ],
)
def test_a_title_above_the_header_is_passed_over_and_told(above: bytes, told: str) -> None:
    content = above + b"id,prompt,completion\n1,a,b\n2,c,d\n"
    first, second = rows_of(content)
    assert first == Row(above.count(b"\n") + 2, {"id": "1", "prompt": "a", "completion": "b"})
    assert second.line == first.line + 1
    assert notes_of(content) == (told,)


@pytest.mark.parametrize(
    "content",
    [
        b"text\nHello, world\nand well, again\n",
        b"text\nyes;no\nno;yes\n",
        b"my text\nHello, world\nand so, on\n",
        b",text\n0,one\n1,two\n",
        b"text,\none,\ntwo,\n",
    ],
)
def test_a_header_that_may_be_one_is_no_title(content: bytes) -> None:
    assert rows_of(content)[0].line == 2
    assert notes_of(content) == ()


def test_how_many_lines_stand_above_the_header_can_be_said() -> None:
    content = b"one\ntwo,2\na,b\n1,2\n"
    assert rows_of(content, skip_lines=2) == [Row(4, {"a": "1", "b": "2"})]
    assert notes_of(content, skip_lines=2) == ()
    assert [row.line for row in rows_of(b"Survey 2024\n\na,b\n1,2\n", skip_lines=0)] == [3, 4]
