from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from engine.data.errors import WishError
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from tests.engine.data.reading.conftest import file_of, workbook

TABLE = b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        (
            "a.csv.gz",
            gzip.compress(TABLE, mtime=0),
            {"sheet": "x"},
            "--sheet is for xlsx: .* read as csv",
        ),
        ("a.csv", TABLE, {"chunk": "line"}, "--chunk is for text: "),
        ("a.csv", TABLE, {"member": "a"}, "--member is for zip archives, json and huggingface: "),
        ("a.jsonl", b'{"a": 1}', {"delimiter": ";"}, "--delimiter is for csv: "),
        ("a.jsonl", b'{"a": 1}', {"quoting": "none"}, "--quoting is for csv: "),
        ("a.txt", b"text", {"skip_lines": 1}, "--skip-lines is for csv and xlsx: "),
    ],
)
def test_an_option_that_means_nothing_for_a_file_is_refused(
    name: str, content: bytes, options: dict[str, Any], message: str
) -> None:
    with file_of(content, name) as path, pytest.raises(WishError, match=message):
        read_rows(path, ReadingOptions(**options))


@pytest.mark.parametrize(
    "options",
    [ReadingOptions(encoding="utf-8"), ReadingOptions(delimiter=";"), ReadingOptions(member="a")],
)
def test_a_workbook_takes_nothing_that_is_for_texts(
    tmp_path: Path, options: ReadingOptions
) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"], ["x"]])
    with pytest.raises(WishError, match=r"is for .*: .*a\.xlsx is read as xlsx"):
        read_rows(path, options)


def test_a_member_that_an_archive_has_taken_is_no_wish_about_the_file_in_it() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", TABLE)
        archive.writestr("b.csv", TABLE)
    with file_of(out.getvalue(), "a.zip") as path:
        assert len(list(read_rows(path, ReadingOptions(member="b.csv")))) == 1
