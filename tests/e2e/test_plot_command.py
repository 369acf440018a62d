"""`ftlab jobs plot`, on the example database."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.e2e.conftest import Ftlab

_EXAMPLE = Path(__file__).parents[2] / "ftlab.db.example"


def test_curves_are_drawn_into_a_file_and_nothing_is_overwritten(
    ftlab: Ftlab, tmp_path: Path
) -> None:
    example = shutil.copy(_EXAMPLE, tmp_path)
    picture = tmp_path / "curves.svg"
    drawn = ("jobs", "plot", "first-try", "long-run", "-o", picture, "--db", example)
    assert ftlab(*drawn).out == f"{picture}\n"
    assert "long-run loss" in picture.read_text(encoding="utf-8")
    again = ftlab(*drawn)
    assert (again.status, "say --replace" in again.err) == (3, True)
    found = ftlab.document(*drawn, "--replace", "--smooth", "0.6")
    assert found["jobs"] == ["first-try", "long-run"]


def test_what_cannot_be_drawn_is_refused(ftlab: Ftlab, tmp_path: Path) -> None:
    example = shutil.copy(_EXAMPLE, tmp_path)
    drawn = ("jobs", "plot", "first-try", "--db", example, "-o")
    refused = ftlab(*drawn, tmp_path / "curves.txt")
    assert (refused.status, "ends in none of" in refused.err) == (2, True)
    refused = ftlab(*drawn, tmp_path / "curves.svg", "--name", "nothing")
    assert (refused.status, "none of these jobs has such a metric" in refused.err) == (4, True)
