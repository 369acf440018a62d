"""The exit status of wrong usage, which opens no database."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui.cli import main


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["jobs", "--nonsense"],
        ["jobs", "--status", "unheard-of"],
        ["jobs", "--limit", "-1"],
        ["jobs", "--at", "someday"],
        ["jobs", "--at", "99999999999999999999"],
        ["jobs", "--at", "99999999999d"],
        ["jobs", "--json", "show", "quick"],
        ["jobs", "show"],
        ["jobs", "metrics", "quick", "--points", "2"],
        ["history", "--since", "soon"],
        ["history", "--follow", "--at", "3"],
        ["data"],
        ["data", "add", "file.jsonl"],
        ["data", "split", "sums", "--seed", "x"],
        ["train", "sums"],
        ["chat", "quick", "--temperature", "3"],
        ["chat", "quick", "--prompt", ""],
        ["completion", "tcsh"],
        ["poll"],
        [],
    ],
)
def test_wrong_usage_ends_with_2_and_touches_nothing(
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FTLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "argv", ["ftlab", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert "Usage: ftlab" in printed.err
    assert not (tmp_path / "home").exists()


def test_an_option_before_a_subcommand_says_where_it_belongs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ftlab", "jobs", "--limit", "3", "show", "quick"])
    with pytest.raises(SystemExit):
        main()
    assert "--limit belongs behind: ftlab jobs show …" in capsys.readouterr().err
