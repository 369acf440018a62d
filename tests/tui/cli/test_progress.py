"""Progress where somebody looks, and where nobody does."""

from __future__ import annotations

import io

import pytest

from tui.cli import progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    return terminal


def test_nothing_is_shown_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.bytes_read("Reading x") as read, progress.counted("Verifying") as counted:
        assert (read, counted) == (None, None)
    assert capsys.readouterr() == ("", "")


def test_a_stage_is_named_once_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.staged() as update:
        update("Loading", 0.1)
        update("Loading", 0.9)
        update("Asking", 0.0)
    assert capsys.readouterr().err == "Loading …\nAsking …\n"


def test_a_bar_names_its_work_as_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with progress.bytes_read("Reading [red]x\x1b]0;t\x07.jsonl") as read:
        assert read is not None
        read(512, 1024)
    assert "Reading [red]x.jsonl" in terminal.getvalue()
    assert "\x1b]0;" not in terminal.getvalue()


def test_counts_and_stages_are_shown_as_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with progress.counted("Verifying") as counted:
        assert counted is not None
        counted(1, 4)
    with progress.staged() as update:
        update("Loading", 0.5)
    assert "Verifying" in terminal.getvalue()
    assert "25%" in terminal.getvalue()
    assert "50%" in terminal.getvalue()


def test_a_count_that_never_begins_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with progress.counted_if_begun("Folding"):
        pass
    assert terminal.getvalue() == ""
    with progress.counted_if_begun("Folding") as counted:
        counted(1, 4)
    assert "Folding" in terminal.getvalue()
