from __future__ import annotations

from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.reading.layout import guessed_layout
from engine.data.reading.options import ReadingOptions


def format_of(path: Path, content: bytes, wish: str | None = None) -> str:
    path.write_bytes(content)
    with read_rows(path, ReadingOptions(file_format=wish)) as rows:
        return rows.file_format


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b"no JSON\nat all\n", "jsonl"),
        ("a.NDJSON", b'{"a": 1}\n', "jsonl"),
        ("a.csv", b'{"a","b"}\n1,2\n', "csv"),
        ("a.tsv", b"a\tb\n1\t2\n", "csv"),
        ("a.json", b' \n{"a": 1}\n', "jsonl"),
        ("a", b'\xef\xbb\xbf{"a": 1}\n', "jsonl"),
        ("a.txt", b"a;b\n1;2\n3;4\n", "csv"),
        ("a.txt", b"Once upon a time,\nthere was.\n", "text"),
        ("a.txt", b'[{"a": 1}]', "json"),
        ("a.json", b'[{"a": 1}]', "json"),
        ("a.json", b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        ("a.json", b'{"messages": [{"role": "user"}]}', "jsonl"),
        ("a.json", b'{"rows": [{"a": 1}]}', "json"),
        ("a", b'{\n  "a": 1\n}\n', "json"),
        ("a", b'{"rows": [\n{"a": 1}]}', "json"),
        ("a", b'{"a": broken}\n{"a": 1}\n', "jsonl"),
        ("a.md", b"## What?\n\nThis.\n", "markdown"),
        ("a.csv", "a,b\n1,2".encode("utf-16"), "csv"),
    ],
)
def test_the_extension_tells_the_format_or_else_the_first_bytes(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    assert format_of(tmp_path / name, content) == expected


A_LINE = b'{"q": "Who?", "a": "Me"}'


@pytest.mark.parametrize(
    ("name", "content", "seen", "said"),
    [
        ("a.csv", A_LINE + b"\n" + A_LINE, "jsonl", "csv"),
        ("a.csv", A_LINE + b"\n", "jsonl", "csv"),
        ("a.tsv", b"{'q': 'Who?'}\n{'q': 'When?'}\n", "jsonl", "csv"),
        ("a.json", A_LINE + b"\n" + A_LINE, "jsonl", "json"),
        ("a.md", A_LINE + b"\n" + A_LINE, "jsonl", "markdown"),
        ("a.xlsx", A_LINE + b"\n" + A_LINE, "jsonl", "xlsx"),
        ("a.jsonl", b"[" + A_LINE + b"," + A_LINE + b"]", "json", "jsonl"),
        ("a.jsonl", b"[\n" + A_LINE + b",\n" + A_LINE + b"\n]\n", "json", "jsonl"),
        ("a.jsonl", b'{\n "q": "Who?"\n}\n{\n "q": "When?"\n}\n', "json", "jsonl"),
        ("a.csv", b"[" + A_LINE + b"]", "json", "csv"),
        ("a.jsonl", b"q,a\nWho?,Me\n", "csv", "jsonl"),
        ("a.json", b"q,a\nWho?,Me\n", "csv", "json"),
        ("a.parquet", b"q,a\nWho?,Me\n", "csv", "parquet"),
    ],
)
def test_what_a_file_holds_counts_before_a_wrong_name_and_is_told(
    tmp_path: Path, name: str, content: bytes, seen: str, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with read_rows(tmp_path / name) as rows:
        assert rows.file_format == seen
        assert rows.notes == (f"read as {seen}, though its name says {said}",)
        assert all(isinstance(row.value, dict) for row in rows)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b'[{"a": 1}]\n[{"a": 2}]\n', "jsonl"),
        ("a.jsonl", b'{"a": "cut\n{"a": 1}\n', "jsonl"),
        ("a.jsonl", b'{"a": 1},\n{"a": 2},\n', "jsonl"),
        ("a.jsonl", b"user: hi\nbot: ho\n", "jsonl"),
        ("a.csv", b'[{"a": 1}]\n[{"a": 2}]\n', "csv"),
        ("a.csv", b"{a},b\n1,2\n", "csv"),
        ("a.txt", b"user: hi\nbot: ho\n", "text"),
        ("a.md", b"[a](b), c\nd, e\n", "markdown"),
    ],
)
def test_where_there_is_a_doubt_the_name_counts(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with read_rows(tmp_path / name) as rows:
        assert (rows.file_format, rows.notes) == (expected, ())


def test_a_format_that_is_given_counts_before_the_extension(tmp_path: Path) -> None:
    assert format_of(tmp_path / "a.jsonl", b"a,b\n1,2\n", "csv") == "csv"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a", b"Once upon a time\nthere was, they say, a file.\n", "looks like none"),
        ("a.bin", b"a,b\n\0,\1\n", "looks like none"),
        ("a.jsonl", b"BZh91AY", "is bzip2-compressed. Unpack it first"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"Save it as \.xlsx first"),
        ("a.csv", b"\0" * 257 + b"ustar\0", "is a tar archive"),
        ("a.pdf", b"%PDF-1.7", "is a PDF file"),
        ("a.parquet", b"a,b\n", "is not of the format parquet"),
        ("a.xlsx", b"a,b\n", "is not of the format xlsx"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        format_of(tmp_path / name, content)


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"no format 'xml'.*--format jsonl, csv, json.* or huggingface"
    ):
        format_of(tmp_path / "a", b"a", "xml")


def test_a_misspelt_format_is_answered_with_the_likeliest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="did you mean 'parquet'"):
        format_of(tmp_path / "a", b"a", "parket")


def test_other_names_of_formats_are_understood(tmp_path: Path) -> None:
    assert format_of(tmp_path / "a", b"a\tb\n", "tsv") == "csv"
    assert format_of(tmp_path / "a", b"a\tb\n", "txt") == "text"


def test_a_binary_file_is_not_read_as_a_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is of the format parquet, not csv"):
        format_of(tmp_path / "a", b"PAR1\x15\x04", "csv")


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
