from __future__ import annotations

import gzip
import io
import os
import pickle
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from pydantic_core import to_json

from engine.data.errors import DataError
from engine.data.reading import reader
from engine.data.reading.files import read_rows
from engine.data.reading.layout import QUOTINGS
from engine.data.reading.options import ReadingOptions, Repair
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row
from engine.data.reading.sniffing import FORMATS
from tests.engine.data.reading.conftest import FILES, file_of, words, workbook

PIECES = st.sampled_from(
    [
        b"{",
        b"}",
        b'"',
        b"[",
        b",",
        b";",
        b"\n",
        b"\r",
        b"\\",
        b"\\ud800",
        b"\xff",
        b"\0",
        b"a",
        b"1e9",
        b"'",
        b"\t",
        b":",
        b"\xef\xbb\xbf",
        b'{"a": 1}',
        b"? ",
    ]
)
ALMOST_DATA = st.lists(PIECES | st.binary(max_size=4), max_size=40).map(b"".join)


def in_memory(write: Callable[[Path], object]) -> bytes:
    """Return what a function writes to a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(path)
        return path.read_bytes()


ENCODINGS = st.sampled_from([None, None, None, "utf-16", "cp1252"])
REPAIRS = st.sampled_from(get_args(Repair))
ABOVE = st.sampled_from([None, None, 0, 1, 3])
OPTIONS = st.one_of(
    st.builds(
        ReadingOptions,
        file_format=st.sampled_from([None, None, *FORMATS]),
        encoding=ENCODINGS,
        repair=REPAIRS,
    ),
    st.builds(
        ReadingOptions,
        file_format=st.just("csv"),
        encoding=ENCODINGS,
        delimiter=st.sampled_from([None, ";", "tab", " "]),
        quoting=st.sampled_from([None, *QUOTINGS]),
        skip_lines=ABOVE,
        repair=REPAIRS,
    ),
    st.builds(
        ReadingOptions,
        file_format=st.just("text"),
        chunk=st.sampled_from([None, "line", "tokens:3"]),
        count_tokens=st.just(words),
    ),
    st.builds(ReadingOptions, file_format=st.just("json"), member=st.just("a"), repair=REPAIRS),
    st.builds(ReadingOptions, skip_lines=ABOVE, sheet=st.sampled_from([None, "Data"])),
)
REAL = {
    **{path.name: path.read_bytes() for path in sorted(FILES.iterdir())},
    "a.jsonl.gz": gzip.compress(b'{"a": 1}\n' * 50, mtime=0),
    "a.csv.zst": zstandard.compress(b"a,b\n1,2\n" * 50),
    "a.parquet": in_memory(lambda out: parquet.write_table(pa.table({"a": ["x"] * 9}), out)),
    "a.xlsx": in_memory(lambda out: workbook(out, [["a", "b"], [1, "x"], [2, "y"]])),
}


def read_one_by_one(path: Path, options: ReadingOptions) -> tuple[list[Row], Repairs] | str:
    """Return the rows and what was mended in them, or why the file is refused."""
    try:
        with read_rows(path, options) as rows:
            assert all(note.isprintable() for note in rows.notes)
            return list(rows), rows.repairs
    except DataError as error:
        return str(error)


def read_in_batches(path: Path, options: ReadingOptions) -> tuple[list[Row], Repairs] | str:
    try:
        batches = list(read_rows(path, options).batches())
    except DataError as error:
        return str(error)
    assert pickle.loads(pickle.dumps(batches)) == batches  # noqa: S301 - our own rows
    rows = list(chain.from_iterable(batch.rows() for batch in batches))
    repairs = Repairs()
    for batch in batches:
        repairs.add_all(batch.repairs)
    return rows, repairs


def check(path: Path, options: ReadingOptions) -> None:
    """Make sure that a file gives rows that can be written down, or is refused by its name."""
    found = read_one_by_one(path, options)
    if isinstance(found, str):
        assert found.isprintable()
        return
    rows, repairs = found
    for row in rows:
        if isinstance(row.value, BadRow):
            assert row.value.reason.isprintable()
            assert row.value.excerpt.isprintable()
        else:
            to_json(row.value)
    numbers = [row.line for row in rows]
    assert numbers == sorted(numbers)
    assert all(told.isprintable() for told in repairs.told())
    again = read_in_batches(path, options)
    assert repr(again) == repr(found)


@settings(max_examples=100)
@given(ALMOST_DATA, st.sampled_from(["file", *REAL]), OPTIONS)
def test_no_bytes_whatever_raise_anything_but_a_data_error(
    content: bytes, name: str, options: ReadingOptions
) -> None:
    with file_of(content, name) as path:
        check(path, options)


@settings(max_examples=100)
@given(
    st.sampled_from(sorted(REAL)),
    st.lists(st.tuples(st.integers(0, 10**6), ALMOST_DATA, st.integers(0, 20)), max_size=3),
    OPTIONS,
)
def test_no_damage_to_a_real_file_raises_anything_but_a_data_error(
    name: str, damages: list[tuple[int, bytes, int]], options: ReadingOptions
) -> None:
    content = REAL[name]
    for at, put_in, left_out in damages:
        place = at % (len(content) + 1)
        content = content[:place] + put_in + content[place + left_out :]
    with file_of(content, name) as path:
        check(path, options)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match="is empty"):
        read_rows(path)


def test_a_file_of_blank_lines_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n\n  \n")
    with pytest.raises(DataError, match="holds no rows"):
        list(read_rows(path))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.jsonl does not exist"):
        read_rows(tmp_path / "a.jsonl")
    with pytest.raises(DataError, match="is a folder"):
        read_rows(tmp_path)


def test_a_path_that_the_system_refuses_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_rows(tmp_path / ("x" * 5000))


def test_the_position_goes_from_the_first_bytes_to_the_size(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": "' + b"x" * 1000 + b'"}\n')
    path.write_bytes(path.read_bytes() * 3000)
    with read_rows(path) as rows:
        seen = [rows.position for _ in rows]
        assert rows.size == path.stat().st_size
    assert 0 < seen[0] < rows.size
    assert seen == sorted(seen)
    assert rows.position == rows.size


def test_a_pipe_is_read_like_a_file_but_has_no_size(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"a,b\n1,2\n",))
    writer.start()
    with read_rows(path, ReadingOptions(file_format="csv")) as rows:
        assert [row.value for row in rows] == [{"a": "1", "b": "2"}]
        assert rows.size is None
        assert rows.position == 8
    writer.join()


def test_leaving_the_block_early_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\n" + b"1\n" * 200_000)
    with read_rows(path) as rows:
        reading = iter(rows)
        next(reading)
    with pytest.raises(ValueError, match="closed"):
        list(reading)


class Input(io.BytesIO):
    """A standard input of certain bytes, given a few at a time as a pipe gives them."""

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        return super().readinto(view[:1000])

    @property
    def buffer(self) -> Input:
        return self


@pytest.mark.parametrize("name", sorted(REAL))
def test_the_standard_input_gives_the_same_rows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {".txt": "text", ".md": "markdown", ".csv": "csv"}.get(Path(name).suffix)
    options = ReadingOptions(file_format=told)
    with file_of(REAL[name], name) as path:
        expected = list(read_rows(path, options))
    standard_input = Input(REAL[name])
    monkeypatch.setattr(sys, "stdin", standard_input)
    with read_rows("-", options) as rows:
        assert (rows.name, rows.size) == ("standard input", None)
        assert list(rows) == expected
        assert rows.position == len(REAL[name])
    assert not standard_input.closed


def test_an_archive_from_the_standard_input_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
        archive.writestr("b.csv", "b\n2\n")
    monkeypatch.setattr(sys, "stdin", Input(out.getvalue()))
    with read_rows(Path("-"), ReadingOptions(member="b.csv")) as rows:
        assert [row.value for row in rows] == [{"b": "2"}]


def test_no_standard_input_and_an_empty_one_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(DataError, match="no standard input to read"):
        read_rows("-")
    monkeypatch.setattr(sys, "stdin", Input(b""))
    with pytest.raises(DataError, match="standard input is empty"):
        read_rows("-")


def test_batches_of_a_table_are_lists_of_about_two_thousand_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "1\n" * 4500)
    batches = list(read_rows(path).batches())
    assert [batch.count_hint for batch in batches] == [2000, 2000, 500]
    assert [row.line for row in chain.from_iterable(batch.rows() for batch in batches)] == list(
        range(2, 4502)
    )


def test_batches_of_long_rows_are_shorter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BATCH_BYTES", 1_000_000)
    path = tmp_path / "a.csv"
    path.write_text("a\n" + ("x" * 9_000 + "\n") * 1000)
    assert {batch.count_hint for batch in read_rows(path).batches()} <= {100, 200, 300}


@pytest.mark.parametrize("content", [b"\n\n  \n", b"\n" * 5_000_000])
def test_batches_of_a_file_of_blank_lines_are_refused_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match="holds no rows"):
        list(read_rows(path).batches())


def test_the_place_of_a_row_is_named_as_its_file_counts() -> None:
    places = {}
    for name in ("cities.csv", "planets.json", "support.jsonl", "sherlock.txt", "bold.md"):
        with read_rows(FILES / name) as rows:
            places[name] = rows.place
    assert list(places.values()) == ["line", "row", "line", "line", "line"]
