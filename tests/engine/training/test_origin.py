from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from engine.training import origin


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    git(made, "init")
    (made / "notes.txt").write_text("one")
    git(made, "add", "notes.txt")
    git(made, "commit", "-m", "first")
    monkeypatch.chdir(made)
    return made


def test_the_folders_commit_and_whether_it_was_changed_are_recorded(
    folder: Path, tmp_path: Path
) -> None:
    origin.record(tmp_path)
    found = origin.read(tmp_path)
    assert found["git_commit"] == git(folder, "rev-parse", "HEAD")
    assert found["git_dirty"] is False
    assert found["folder"] == str(folder)
    (folder / "notes.txt").write_text("two")
    assert origin.commit(folder)["git_dirty"] is True


@pytest.mark.usefixtures("folder")
def test_the_first_record_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin.record(tmp_path)
    before = origin.read(tmp_path)
    monkeypatch.chdir(tmp_path)
    origin.record(tmp_path)
    assert origin.read(tmp_path) == before


def test_a_folder_without_git_has_no_commit(tmp_path: Path) -> None:
    assert origin.commit(tmp_path) == {}
    assert origin.read(tmp_path) == {}


def test_a_command_is_kept_without_its_secrets() -> None:
    key = "hf_" + "qWzRtYpLkJhGfDsAxCvBnMqWeRtYuIoPaS"
    said = origin.command(["/usr/bin/ftlab", "train", "a", "--model", "https://me:pw@hub", key])
    assert said[:4] == ["ftlab", "train", "a", "--model"]
    assert said[4] == "https://(hidden)@hub"
    assert key not in said[5]
