from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.reading.files import read_rows

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
    ]
)
ALMOST_DATA = st.lists(PIECES | st.binary(max_size=4), max_size=40).map(b"".join)


def rows_or_refusal(path: Path, file_format: str | None) -> list[int] | str:
    """Return the lines on which the rows start, or why the file is refused."""
    try:
        return [row.line for row in read_rows(path, file_format)]
    except DataError as error:
        return str(error)


@given(ALMOST_DATA, st.sampled_from(["jsonl", "csv", None]))
def test_no_bytes_whatever_raise_anything_but_a_data_error(
    content: bytes, file_format: str | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        found = rows_or_refusal(path, file_format)
        if isinstance(found, str):
            assert found.startswith(str(path))
        else:
            assert found == sorted(set(found))


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
    path.write_bytes(path.read_bytes() * 1000)
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
    with read_rows(path, "csv") as rows:
        assert [row.value for row in rows] == [{"a": "1", "b": "2"}]
        assert rows.size is None
        assert rows.position == 8
    writer.join()


def test_leaving_the_block_early_closes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\n1\n2\n")
    with read_rows(path) as rows:
        reading = iter(rows)
        next(reading)
    with pytest.raises(ValueError, match="closed"):
        next(reading)
