from __future__ import annotations

from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.sniffing import guessed_layout


def format_of(path: Path, content: bytes, wish: str | None = None) -> str:
    path.write_bytes(content)
    with read_rows(path, wish) as rows:
        return rows.file_format


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b"a,b\n1,2\n", "jsonl"),
        ("a.NDJSON", b'{"a": 1}\n', "jsonl"),
        ("a.csv", b'{"a": 1}\n', "csv"),
        ("a.tsv", b"a\tb\n1\t2\n", "csv"),
        ("a.json", b' \n{"a": 1}\n', "jsonl"),
        ("a", b'\xef\xbb\xbf{"a": 1}\n', "jsonl"),
        ("a.txt", b"a;b\n1;2\n3;4\n", "csv"),
    ],
)
def test_the_extension_tells_the_format_or_else_the_first_bytes(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    assert format_of(tmp_path / name, content) == expected


def test_a_format_that_is_given_counts_before_the_extension(tmp_path: Path) -> None:
    assert format_of(tmp_path / "a.jsonl", b"a,b\n1,2\n", "csv") == "csv"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"Once upon a time\nthere was, they say, a file.\n", "looks neither like"),
        ("a.bin", b"a,b\n\0,\1\n", "looks neither like"),
        ("a.json", b'[{"a": 1}]', "holds one JSON array"),
        ("a.jsonl.gz", b"\x1f\x8b\x08rest", "is gzip-compressed"),
        ("a.csv", b"PK\x03\x04rest", "is a zip archive or an Excel workbook"),
        ("a.csv", "a,b\n1,2".encode("utf-16"), "is UTF-16 text"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        format_of(tmp_path / name, content)


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no format 'xml'.*--format jsonl or csv"):
        format_of(tmp_path / "a", b"a", "xml")


@pytest.mark.parametrize(
    ("head", "delimiter", "columns"),
    [
        (b"a,b\n1,2\n", ",", 2),
        (b"a;b\n1,5;2,5\n3,5;4,5\n", ";", 2),
        (b'a\tb\n"x, y; z"\tw\n', "\t", 2),
        (b"a|b|c\n1|2|3\n", "|", 3),
        (b"first, second;third\n1;2\n3;4\n", ";", 2),
        (b"a,b\n1\n2\n3\n", ",", 2),
    ],
)
def test_the_delimiter_is_the_one_with_which_rows_are_as_long_as_the_header(
    head: bytes, delimiter: str, columns: int
) -> None:
    assert guessed_layout(head, cut=False)[:2] == (delimiter, columns)


def test_commas_in_the_only_column_are_text() -> None:
    layout = guessed_layout(b"text\nHello, world\nand, well, again\n", cut=False)
    assert layout.columns == 1
    assert layout.delimiter != ","


def test_a_last_row_that_the_sample_cuts_off_does_not_count() -> None:
    assert guessed_layout(b"a,b;c\n1,2;3\n4,5", cut=True).evenness == 1
    assert guessed_layout(b"a,b;c\n1,2;3\n4", cut=False).evenness == 0.5
