"""Completion by the shell: commands, options and recorded names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


def _completed(ftlab: Ftlab, words: str) -> list[str]:
    """Return what bash is offered after these words."""
    done = ftlab(
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split(" ")) - 1),
        _FTLAB_COMPLETE="bash_complete",
    )
    assert (done.status, done.err) == (0, "")
    return [line.removeprefix("plain,") for line in done.out.split()]


def test_commands_and_options_are_completed(ftlab: Ftlab) -> None:
    assert _completed(ftlab, "ftlab mo") == ["models"]
    assert _completed(ftlab, "ftlab jobs re") == ["resume", "retry"]
    assert _completed(ftlab, "ftlab jobs metrics x --po") == ["--points"]
    assert "interrupted" in _completed(ftlab, "ftlab jobs --status ")


def test_recorded_names_and_ids_are_completed(recorded: Ftlab) -> None:
    assert _completed(recorded, "ftlab jobs show ") == [
        "broken-off",
        "job_0000000001",
        "job_0000000002",
        "quick",
    ]
    assert _completed(recorded, "ftlab jobs show qu") == ["quick"]
    assert _completed(recorded, "ftlab models show m") == ["mdl_0000000001"]
    assert _completed(recorded, "ftlab data split su") == ["sums/train"]
    assert _completed(recorded, "ftlab train --model x su") == ["sums/train"]


def test_names_come_from_the_database_that_was_chosen(recorded: Ftlab, tmp_path: Path) -> None:
    moved = recorded.database.rename(tmp_path / "moved.db")
    assert _completed(recorded, "ftlab jobs show qu") == []
    assert _completed(recorded, f"ftlab --db {moved} jobs show qu") == ["quick"]


def test_completing_makes_no_database(ftlab: Ftlab) -> None:
    assert _completed(ftlab, "ftlab jobs show ") == []
    assert not ftlab.home.exists()


def test_a_damaged_database_completes_nothing_and_says_nothing(recorded: Ftlab) -> None:
    recorded.database.write_bytes(b"SQLite format 3\0" + b"?" * 5000)
    assert _completed(recorded, "ftlab jobs show ") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_ftlab(ftlab: Ftlab, shell: str) -> None:
    script = ftlab("completion", shell)
    assert (script.status, script.err) == (0, "")
    assert f"_FTLAB_COMPLETE={shell}_complete" in script.out
    assert not ftlab.home.exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_its_help_has_the_line_for_the_start_up_file(ftlab: Ftlab, shell: str) -> None:
    assert f"ftlab completion {shell}" in ftlab("completion", "--help").out


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_with_the_script(recorded: Ftlab, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "ftlab"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui.cli "$@"\n')
    program.chmod(0o700)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    asked = (
        'eval "$(ftlab completion bash)"; COMP_WORDS=(ftlab jobs show br); COMP_CWORD=3; '
        '_ftlab_completion ftlab; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", asked],  # noqa: S607 - the user's own bash
        capture_output=True,
        encoding="utf-8",
        env=recorded.environment | {"PATH": path},
        check=True,
    )
    assert done.stdout == "broken-off\n"
