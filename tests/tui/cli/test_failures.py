"""What a failed command says and the status with which it ends."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.errors import JobStateError, LabError, ProviderError
from store.errors import AmbiguousError, NotFoundError, StoreBusyError
from tui.cli.failures import status_of, tell


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (LabError("x"), 1),
        (JobStateError("x"), 1),
        (StoreBusyError("x"), 1),
        (OSError("x"), 1),
        (DataError("x"), 3),
        (NotFoundError("x"), 4),
        (AmbiguousError("x"), 4),
        (ProviderError("x", "closed"), 5),
        (ProviderError("x", "rate_limit"), 5),
        (ProviderError("x", "connection"), 1),
        (ProviderError("x", "server"), 1),
    ],
)
def test_kinds_of_failure_have_statuses_of_their_own(error: Exception, status: int) -> None:
    assert status_of(error) == status


def test_lines_of_an_error_stay_lines_and_are_harmless(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell(DataError("rows.jsonl, line 2 is bad\n    \x1b[2Jexcerpt"))
    assert capsys.readouterr() == (
        "",
        "ftlab: rows.jsonl, line 2 is bad\n    excerpt\n",
    )


def test_trouble_with_a_file_names_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        (tmp_path / "absent").read_bytes()
    tell(raised.value)
    assert capsys.readouterr().err == f"ftlab: {tmp_path / 'absent'}: No such file or directory\n"


def test_what_sqlite_complains_of_sends_to_verify(capsys: pytest.CaptureFixture[str]) -> None:
    tell(sqlite3.OperationalError("no such table: job"))
    told = "ftlab: no such table: job: `ftlab verify` tells what is wrong\n"
    assert capsys.readouterr().err == told


def test_what_nobody_foresaw_is_kept_with_its_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path))
    secret = "sk-do-not-write-me"  # noqa: S105 - no real one
    with pytest.raises(ZeroDivisionError) as raised:
        1 / len(secret[:0])
    tell(raised.value)
    (report,) = (tmp_path / "reports").iterdir()
    assert "ZeroDivisionError" in report.read_text()
    assert report.parent.stat().st_mode & 0o077 == 0
    assert str(report) in capsys.readouterr().err


def test_what_looks_like_a_key_is_neither_said_nor_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path))
    secret = "sk-proj-0123456789abcdefghij"  # noqa: S105 - no real one
    tell(ZeroDivisionError(f"Bearer {secret}"))
    (report,) = (tmp_path / "reports").iterdir()
    assert "Bearer [key]" in report.read_text()
    said = capsys.readouterr().err
    assert "Bearer [key]" in said
    assert secret not in said + report.read_text()


def test_without_a_place_for_the_report_the_sentence_is_still_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path / "file"))
    tell(ZeroDivisionError("x"))
    assert capsys.readouterr().err == (
        "ftlab: this should not have happened: ZeroDivisionError: x\n"
    )
