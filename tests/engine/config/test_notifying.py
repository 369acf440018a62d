"""What is settled of telling somebody outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config import edits, file, notifying
from engine.config.file import ConfigError
from engine.config.settings import Settings
from engine.places import Places
from store.job_status import ENDED

_URL = "https://hooks.example.com/services/T0/SECRET"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    home = tmp_path / "home"
    home.mkdir()
    return Places(home, home / "ftlab.db")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ('notify-send "ftlab is done"', ("notify-send", "ftlab is done")),
        (["notify-send", "a b", "$HOME"], ("notify-send", "a b", "$HOME")),
    ],
)
def test_a_command_is_a_list_or_a_line_that_is_split(said: object, read: object) -> None:
    assert notifying.command(said) == read


@pytest.mark.parametrize("said", ["", "   ", [], [""], ["a", 5], 7, 'a "b', ["a\0"]])
def test_what_is_no_command_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match=r"is no command|cannot be split"):
        notifying.command(said)


@pytest.mark.parametrize(
    "said",
    ["ftp://h/SECRET", "SECRET", "https:///SECRET", "https://h:port/SECRET", "http://h/ SECRET", 5],
)
def test_what_is_no_address_is_refused_and_not_repeated(said: object) -> None:
    with pytest.raises(ValueError, match="is no address") as refused:
        notifying.address(said)
    assert "SECRET" not in str(refused.value)


def test_an_address_shows_its_host_alone() -> None:
    found = notifying.address("https://me:SECRET@Hooks.example.com:8443/SECRET?SECRET")
    assert found.host == "hooks.example.com:8443"
    assert "SECRET" not in f"{found} {found!r} {[found]}"
    assert "SECRET" in found.reveal()


@pytest.mark.parametrize(
    ("said", "read"),
    [("failed, interrupted", ("interrupted", "failed")), ("all", ENDED), (["failed"], ("failed",))],
)
def test_the_ends_are_a_list(said: object, read: object) -> None:
    assert notifying.ends(said) == read


@pytest.mark.parametrize("said", ["", "died", ["failed", 3], 3, []])
def test_what_is_no_end_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="is none of interrupted"):
        notifying.ends(said)


def test_all_ends_are_known() -> None:
    assert notifying.ENDS == ENDED


def test_it_is_written_read_and_taken_out(places: Places) -> None:
    path = places.config
    edits.set_number(path, "budget", 5)
    edits.set_notifying(path, notifying.COMMAND, ("notify-send", "ftlab"))
    edits.set_notifying(path, notifying.URL, _URL)
    edits.set_notifying(path, notifying.ON, ("failed",))
    assert path.read_text() == (
        'budget = 5\n\n[notify]\ncommand = ["notify-send", "ftlab"]\n'
        f'url = "{_URL}"\non = ["failed"]\n'
    )
    found = file.read(path)
    assert found.notify_command == ("notify-send", "ftlab")
    assert found.notify_url == notifying.WebhookAddress(_URL)
    assert found.notify_on == ("failed",)
    assert "SECRET" not in repr(found)
    for setting in notifying.NOTIFY:
        edits.unset(path, setting)
        edits.unset(path, setting)
    assert path.read_text().strip() == "budget = 5"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("notify = 5", "line 1: notify is no table"),
        ("[notify]\nurls = 5", "line 2: notify.urls is unknown: did you mean url?"),
        ('[notify]\nurl = "SECRET"', "line 2: notify.url is no address"),
        ("[notify]\ncommand = 5", "line 2: notify.command is no command"),
        ('[notify]\n\non = "never"', "line 3: notify.on is none of"),
    ],
)
def test_a_fault_is_told_with_its_line(places: Places, text: str, told: str) -> None:
    places.config.write_text(text)
    with pytest.raises(ConfigError) as refused:
        file.read(places.config)
    assert told in str(refused.value)
    assert "SECRET" not in str(refused.value)


def test_the_environment_comes_first(places: Places) -> None:
    edits.set_notifying(places.config, notifying.COMMAND, ["from-file"])
    said = {"FTLAB_NOTIFY_COMMAND": "from-env 'a b'", "FTLAB_NOTIFY_ON": "failed"}
    settings = Settings.read(places, said)
    assert settings.notify_command.value == ("from-env", "a b")
    assert settings.notify_on.value == ("failed",)
    assert settings.notify_url.value is None


def test_a_foreign_folder_says_neither_what_is_run_nor_who_is_told(
    places: Places, tmp_path: Path
) -> None:
    foreign = tmp_path / "cloned"
    foreign.mkdir()
    (foreign / ".env").write_text(f"FTLAB_NOTIFY_COMMAND=evil\nFTLAB_NOTIFY_URL={_URL}\n")
    settings = Settings.read(places, {}, foreign)
    assert (settings.notify_command.value, settings.notify_url.value) == (None, None)
    places.dotenv.write_text("FTLAB_NOTIFY_COMMAND=mine\n")
    assert Settings.read(places, {}, foreign).notify_command.value == ("mine",)
