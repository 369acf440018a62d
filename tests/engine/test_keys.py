"""Keys: where they are found, and that nothing shows them."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import keys
from engine.config.surroundings import Surroundings
from engine.errors import LabError
from engine.keys import Key
from engine.places import Places
from engine.profiles import Profile, make
from tests.engine import keyrings
from tui.cli.output import plain

_TEXT = "sk-proj-Zq7Xw2mN9rT4vB8kL3"


@pytest.fixture(autouse=True)
def _without_this_machines_keyring() -> Iterator[None]:
    with keyrings.used(keyrings.NoKeyring):
        yield


@pytest.fixture
def key() -> Key:
    return Key(_TEXT, "a test")


@pytest.fixture
def profile() -> Profile:
    return make("work", {"kind": "openai"})


def _around(tmp_path: Path, **environment: str) -> Surroundings:
    home = tmp_path / "home"
    return Surroundings.look(Places(home, home / "ftlab.db"), environment, tmp_path)


def test_a_key_is_revealed_only_when_it_is_asked_for(key: Key) -> None:
    assert key.reveal() == _TEXT
    shown = [repr(key), str(key), f"{key}", "%s" % key, f"{[key]!r}", f"{vars(Key)}"]  # noqa: UP031
    assert not any(_TEXT in text for text in shown)
    assert repr(key) == "<Key from a test>"


def test_a_key_is_written_down_by_nothing(key: Key) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="never written down"):
            pickle.dumps(key, protocol)
    with pytest.raises(TypeError):
        json.dumps(key)
    with pytest.raises(TypeError):
        json.dumps({"key": key}, default=plain)
    assert not hasattr(key, "__dict__")


def test_a_copy_of_a_key_is_the_key_itself(key: Key) -> None:
    assert copy.copy(key) is key
    assert copy.deepcopy([key])[0] is key


def test_keys_are_compared_by_what_they_are(key: Key) -> None:
    assert key == Key(_TEXT, "elsewhere")
    assert hash(key) == hash(Key(_TEXT, "elsewhere"))
    assert key != Key(_TEXT + "x", "a test")
    assert key != _TEXT


def test_a_traceback_through_a_key_does_not_show_it(key: Key) -> None:
    def fail(held: Key) -> None:
        raise ValueError(f"refused: {held}")

    with pytest.raises(ValueError, match="refused") as raised:
        fail(key)
    shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    assert _TEXT not in "".join(shown.format())


def test_blanks_around_a_key_are_left_out() -> None:
    assert Key(f"  {_TEXT}\r\n", "a file").reveal() == _TEXT


@pytest.mark.parametrize("text", ["", "  ", "sk-two words", "sk-a\nb", "sk-é", "sk-\x1b[2J"])
def test_what_no_header_can_carry_is_refused_with_its_source_alone(text: str) -> None:
    with pytest.raises(LabError) as refused:
        Key(text, "OPENAI_API_KEY in .env")
    assert "OPENAI_API_KEY in .env" in str(refused.value)
    assert "sk-" not in str(refused.value)


def test_quotation_marks_around_a_key_are_told() -> None:
    with pytest.raises(LabError, match="quotation marks"):
        Key(f'"{_TEXT}"', "the environment")


@pytest.mark.parametrize(
    "told",
    [
        _TEXT,
        f"Bearer {_TEXT}.",
        f"key={_TEXT}",
        f"'{_TEXT}'",
        f"{_TEXT[:8]}{'*' * 10}{_TEXT[-4:]}",
        f"{_TEXT[:7]}...{_TEXT[-4:]}",
        f"…{_TEXT[-4:]}",
        f"(ending in {_TEXT[-4:]})",
        _TEXT[5:15],
        "sk-****",
    ],
)
def test_every_telling_part_of_a_key_is_hidden(key: Key, told: str) -> None:
    hidden = key.hide_in(f"Incorrect API key provided: {told} See https://example.com/keys")
    assert "[key]" in hidden
    assert hidden.startswith("Incorrect API key provided: ")
    assert hidden.endswith(" See https://example.com/keys")
    assert not any(_TEXT[start : start + 5] in hidden for start in range(len(_TEXT) - 4))
    assert _TEXT[-4:] not in hidden


def test_words_that_have_nothing_of_a_key_stay(key: Key) -> None:
    words = "The model `ft:gpt-4o:acme::B1x` does not exist (request req_a1b2c3, file-9z8y)."
    assert key.hide_in(words) == words


def test_the_environment_comes_before_env_files(tmp_path: Path, profile: Profile) -> None:
    (tmp_path / ".env").write_text("FTLAB_WORK_API_KEY=sk-of-the-folder\n")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".env").write_text("FTLAB_WORK_API_KEY=sk-of-the-home\n")
    found = keys.need(profile, _around(tmp_path, FTLAB_WORK_API_KEY="sk-of-the-environment"))
    assert found.reveal() == "sk-of-the-environment"
    assert found.source == "FTLAB_WORK_API_KEY in the environment"
    assert keys.need(profile, _around(tmp_path)).reveal() == "sk-of-the-folder"
    (tmp_path / ".env").unlink()
    in_home = keys.need(profile, _around(tmp_path))
    assert in_home.reveal() == "sk-of-the-home"
    assert in_home.source == f"FTLAB_WORK_API_KEY in {tmp_path / 'home' / '.env'}"


def test_a_missing_key_is_told_with_the_ways_to_give_it(tmp_path: Path, profile: Profile) -> None:
    assert keys.find(profile, _around(tmp_path)) is None
    with pytest.raises(LabError, match=r"profile work: set FTLAB_WORK_API_KEY in the env"):
        keys.need(profile, _around(tmp_path))


def test_a_server_of_this_machine_may_need_no_key(tmp_path: Path) -> None:
    here = make("box", {"kind": "compatible", "base_url": "http://127.0.0.1:8000/v1"})
    assert keys.need(here, _around(tmp_path)).reveal() == keys.NOT_NEEDED
    asked = keys.need(here, _around(tmp_path, FTLAB_BOX_API_KEY="sk-it-asks"))
    assert asked.reveal() == "sk-it-asks"


def test_another_host_is_another_account_of_the_keyring() -> None:
    one = make("box", {"kind": "compatible", "base_url": "https://one.example.com/v1"})
    other = make("box", {"kind": "compatible", "base_url": "https://other.example.com/v1"})
    assert keys.account(one) == "box@one.example.com"
    assert keys.account(one) != keys.account(other)
