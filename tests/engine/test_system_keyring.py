"""The system's keyring as a place for keys."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring.core
import pytest

from engine import keys, system_keyring
from engine.config.surroundings import Surroundings
from engine.errors import LabError
from engine.places import Places
from engine.profiles import make
from tests.engine import keyrings

_ACCOUNT = "work@api.openai.com"
_SECRET = "sk-kept-in-a-keyring"  # noqa: S105 - no real one


@pytest.fixture
def in_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(keyrings.FILE_VARIABLE, str(tmp_path / "keyring.json"))
    with keyrings.used(keyrings.FileKeyring):
        yield


@pytest.mark.usefixtures("in_file")
def test_a_secret_is_kept_read_and_forgotten() -> None:
    assert system_keyring.trouble() is None
    assert system_keyring.read(_ACCOUNT) is None
    assert system_keyring.store(_ACCOUNT, _SECRET) == "a file for tests"
    assert system_keyring.read(_ACCOUNT) == _SECRET
    assert system_keyring.remove(_ACCOUNT)
    assert not system_keyring.remove(_ACCOUNT)
    assert system_keyring.read(_ACCOUNT) is None


@pytest.mark.usefixtures("in_file")
def test_a_profile_finds_its_key_there_after_the_environment(tmp_path: Path) -> None:
    work = make("work", {"kind": "openai"})
    places = Places(tmp_path, tmp_path / "ftlab.db")
    system_keyring.store(keys.account(work), _SECRET)
    found = keys.need(work, Surroundings.look(places, {}, tmp_path))
    assert found.reveal() == _SECRET
    assert found.source == f"the system keyring ({_ACCOUNT})"
    nearer = Surroundings.look(places, {"FTLAB_WORK_API_KEY": "sk-nearer"}, tmp_path)
    assert keys.need(work, nearer).reveal() == "sk-nearer"


@pytest.mark.usefixtures("in_file")
def test_a_profile_that_is_pointed_elsewhere_does_not_take_its_key_along(tmp_path: Path) -> None:
    work = make("work", {"kind": "openai"})
    system_keyring.store(keys.account(work), _SECRET)
    moved = make("work", {"kind": "openai", "base_url": "https://elsewhere.example.com/v1"})
    around = Surroundings.look(Places(tmp_path, tmp_path / "ftlab.db"), {}, tmp_path)
    assert keys.find(moved, around) is None


def test_where_there_is_no_keyring_nothing_is_found_and_storing_says_why() -> None:
    with keyrings.used(keyrings.NoKeyring):
        assert system_keyring.read(_ACCOUNT) is None
        with pytest.raises(LabError, match=r"without a desktop\. Put the key into the environment"):
            system_keyring.store(_ACCOUNT, _SECRET)
        with pytest.raises(LabError, match="without a desktop"):
            system_keyring.remove(_ACCOUNT)


def test_a_locked_keyring_is_told_without_the_secret() -> None:
    with keyrings.used(keyrings.LockedKeyring):
        with pytest.raises(LabError, match=r"could not be written \(KeyringLocked\)") as raised:
            system_keyring.store(_ACCOUNT, _SECRET)
        assert _SECRET not in "".join(traceback.format_exception(raised.value))
        with pytest.raises(LabError, match="could not be read"):
            system_keyring.read(_ACCOUNT)


class _Broken(keyrings.FileKeyring):
    """A keyring whose bus is gone, and whose complaint repeats what it was given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ConnectionRefusedError(f"{service} {username} {password}")


def test_a_keyring_that_breaks_in_a_way_of_its_own_is_told_without_the_secret() -> None:
    with (
        keyrings.used(_Broken),
        pytest.raises(LabError, match=r"written \(ConnectionRefusedError\)") as raised,
    ):
        system_keyring.store(_ACCOUNT, _SECRET)
    assert _SECRET not in "".join(traceback.format_exception(raised.value))


def test_one_that_is_set_and_cannot_be_loaded_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "nobody.knows.it")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    assert system_keyring.read(_ACCOUNT) is None
    with pytest.raises(LabError, match=r"cannot be loaded \(ModuleNotFoundError\)"):
        system_keyring.store(_ACCOUNT, _SECRET)
