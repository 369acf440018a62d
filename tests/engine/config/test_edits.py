"""Changing config.toml."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.config import edits
from engine.config.file import ConfigError, read

_MINE = """\
# mine, and in my order

[profiles.azure-eu]   # the one in Dublin
kind = "azure"
base_url = "https://acme.openai.azure.com"
# no dated version
"""
_BOX = {"kind": "compatible", "base_url": "https://gpu.example.com/v1"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "config.toml"


def _written(path: Path, text: str) -> Path:
    path.parent.mkdir()
    path.write_text(text)
    return path


def test_the_file_is_begun_with_the_first_thing_settled(path: Path) -> None:
    edits.set_number(path, "budget", 50.0)
    assert path.read_text() == "budget = 50\n"
    edits.set_number(path, "budget", 12.5)
    assert path.read_text() == "budget = 12.5\n"
    edits.unset(path, "budget")
    assert path.read_text() == ""


def test_only_its_owner_may_read_it(path: Path) -> None:
    edits.set_number(path, "budget", 50.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    edits.set_number(path, "budget", 51.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_comments_and_order_stay(path: Path) -> None:
    _written(path, _MINE)
    edits.set_number(path, "budget", 50.0)
    edits.set_profile(path, "box", _BOX)
    text = path.read_text()
    for line in _MINE.splitlines():
        assert line in text.splitlines()
    assert text.index("mine") < text.index("azure-eu") < text.index("profiles.box")
    edits.remove_profile(path, "box")
    edits.unset(path, "budget")
    assert path.read_text().rstrip() == _MINE.rstrip()


def test_a_profile_is_written_read_replaced_and_removed(path: Path) -> None:
    edits.set_profile(path, "box", _BOX)
    assert path.read_text() == (
        '[profiles.box]\nkind = "compatible"\nbase_url = "https://gpu.example.com/v1"\n'
    )
    edits.set_profile(path, "box", {**_BOX, "allow_http": True})
    assert read(path).profiles == {"box": {**_BOX, "allow_http": True}}
    edits.remove_profile(path, "box")
    edits.remove_profile(path, "box")
    assert path.read_text() == ""


@pytest.mark.parametrize(
    "text",
    [
        'profiles.a.kind = "openai"\n',
        '\ufeff[profiles.a]\nkind = "openai"\n',
        'profiles = { a = { kind = "openai" } }\n',
        '[profiles]\n[profiles.a]\nkind = "openai"\n',
        '[profiles]\na = { kind = "openai" }\n',
        '[profiles.a]\nkind = "openai"',
    ],
)
def test_however_the_file_is_written_a_profile_finds_its_place(path: Path, text: str) -> None:
    _written(path, text)
    edits.set_profile(path, "box", _BOX)
    assert read(path).profiles == {"a": {"kind": "openai"}, "box": _BOX}
    edits.remove_profile(path, "a")
    assert read(path).profiles == {"box": _BOX}


def test_comments_of_a_profile_that_is_replaced_stay(path: Path) -> None:
    _written(path, _MINE)
    edits.set_profile(path, "azure-eu", {**_BOX, "key_env": "BOX_KEY"})
    edits.set_profile(path, "azure-eu", _BOX)
    assert path.read_text() == _MINE.replace('azure"', 'compatible"').replace(
        "https://acme.openai.azure.com", "https://gpu.example.com/v1"
    )


def test_line_breaks_stay_as_they_are(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"# mine\r\nbudget = 5\r\n")
    edits.set_number(path, "budget", 6.0)
    assert path.read_bytes() == b"# mine\r\nbudget = 6\r\n"


def test_a_link_that_leads_to_itself_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        edits.set_number(path, "budget", 50.0)


def test_a_faulty_file_is_left_as_it_is(path: Path) -> None:
    _written(path, "bugdet = 5\n")
    with pytest.raises(ConfigError, match="did you mean budget"):
        edits.set_number(path, "budget", 50.0)
    assert path.read_text() == "bugdet = 5\n"


def test_a_change_that_would_make_it_faulty_is_not_written(path: Path) -> None:
    _written(path, _MINE)
    with pytest.raises(ConfigError, match="was left as it is"):
        edits.set_profile(path, "box", {"kind": "nonsense"})
    assert path.read_text() == _MINE


def test_a_link_to_a_shared_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    shared = tmp_path / "dotfiles.toml"
    shared.write_text("budget = 5\n")
    path.parent.mkdir()
    path.symlink_to(shared)
    edits.set_number(path, "budget", 6.0)
    assert path.is_symlink()
    assert shared.read_text() == "budget = 6\n"


def test_a_change_that_breaks_off_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(path, _MINE)

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        edits.set_number(path, "budget", 50.0)
    assert path.read_text() == _MINE


def test_changes_at_the_same_time_are_all_kept(path: Path) -> None:
    names = [f"box-{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: edits.set_profile(path, name, _BOX), names))
    assert sorted(read(path).profiles) == sorted(names)
