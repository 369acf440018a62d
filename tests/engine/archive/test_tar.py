from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.archive.errors import ArchiveError
from engine.archive.tar import TarWriter, members

MOMENT = "2026-11-21T12:00:00.900000Z"
_FILES = st.dictionaries(
    st.text("abcdefg0123456789._-", min_size=1, max_size=99), st.binary(max_size=2000), max_size=5
)


def _written(files: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    tar = TarWriter(out.write)
    for name, content in files.items():
        tar.begin(name, len(content), MOMENT)
        tar.content(content)
        tar.end_member()
    tar.end()
    out.seek(0)
    return out


@given(_FILES)
def test_what_is_written_is_read_back(files: dict[str, bytes]) -> None:
    found = {each.name: each.content.read(10_000) for each in members(_written(files), "a.tar")}
    assert found == files


@given(_FILES)
def test_others_read_it_too(files: dict[str, bytes]) -> None:
    with tarfile.open(fileobj=_written(files)) as archive:
        assert archive.getnames() == list(files)
        assert all(member.mtime == 1795262400 for member in archive.getmembers())


def test_the_tar_of_the_system_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(_written({"a/b.txt": b"hello\n"}).getvalue())
    command = ["tar", "-xOf", str(tmp_path / "a.tar"), "a/b.txt"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"hello\n"


def test_a_long_path_is_cut_between_its_folders() -> None:
    name = f"jobs/{'x' * 60}/results/{'y' * 60}.csv"
    assert [each.name for each in members(_written({name: b"1"}), "a.tar")] == [name]


@pytest.mark.parametrize("size", [8 * 1024**3 - 1, 8 * 1024**3, 5 * 1024**4])
def test_sizes_beyond_8_gib_can_be_said(size: int) -> None:
    out = io.BytesIO()
    TarWriter(out.write).begin("weights/model.safetensors", size, MOMENT)
    out.seek(0)
    assert next(members(out, "a.tar")).size == size


def test_a_member_that_is_not_read_is_passed_over() -> None:
    files = {"a": b"1" * 700, "b": b"2", "c": b""}
    assert [each.name for each in members(_written(files), "a.tar")] == ["a", "b", "c"]


def test_lines_end_where_the_member_does() -> None:
    found = members(_written({"a": b"one\ntwo\nthree", "b": b"four\n"}), "a.tar")
    content = next(found).content
    lines = [content.line(100), content.line(2), content.line(100), content.line(100)]
    assert lines == [b"one\n", b"tw", b"o\n", b"three"]
    assert content.line(100) == b""


def test_a_member_that_is_cut_off_is_named() -> None:
    cut = io.BytesIO(_written({"a": b"1" * 700}).getvalue()[:900])
    with pytest.raises(ArchiveError, match=r"a\.tar: a: the archive is cut off"):
        next(members(cut, "a.tar")).content.read(700)


@pytest.mark.parametrize("moment", ["", "1899-01-01T00:00:00.000000Z", "9999-12-31T23:59:59Z"])
def test_times_that_a_header_cannot_say_are_brought_near(moment: str) -> None:
    out = io.BytesIO()
    TarWriter(out.write).begin("a", 0, moment)
    assert 0 <= tarfile.TarInfo.frombuf(out.getvalue(), "ascii", "strict").mtime < 8**11
