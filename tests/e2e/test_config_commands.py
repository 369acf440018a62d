"""`ftlab config`: settings, profiles and keys."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.terminal import terminal
from tests.engine.keyrings import FILE_VARIABLE

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_KEY = "sk-proj-Zq7Xw2mN9rT4vB8kL3"
_AZURE = ("--kind", "azure", "--base-url", "https://acme.openai.azure.com")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def in_file(tmp_path: Path) -> dict[str, str]:
    """The environment of a command that keeps its keys in a file."""
    return {
        "PYTHON_KEYRING_BACKEND": "tests.engine.keyrings.FileKeyring",
        FILE_VARIABLE: str(tmp_path / "keyring.json"),
    }


def test_at_first_it_shows_what_is_usual_and_makes_nothing(ftlab: Ftlab) -> None:
    shown = ftlab.document("config")
    assert shown["settings"] == [
        {
            "name": "data directory",
            "value": str(ftlab.home),
            "source": "FTLAB_HOME in the environment",
        },
        {"name": "database", "value": str(ftlab.database), "source": "the data directory"},
        {
            "name": "configuration",
            "value": str(ftlab.home / "config.toml"),
            "source": "the data directory",
        },
        {"name": "budget", "value": None, "source": "usual"},
        {"name": "slots", "value": 1, "source": "usual"},
        {"name": "resume-interrupted", "value": 0, "source": "usual"},
        {"name": "theme", "value": None, "source": "usual"},
        {"name": "notify.command", "value": None, "source": "usual"},
        {"name": "notify.url", "value": None, "source": "usual"},
        {
            "name": "notify.on",
            "value": ["interrupted", "failed", "cancelled", "succeeded"],
            "source": "usual",
        },
    ]
    assert [profile["name"] for profile in shown["profiles"]] == ["openai"]
    done = ftlab("config")
    assert "There is no configuration file yet" in done.err
    assert "openai   openai  https://api.openai.com/v1  not in OPENAI_API_KEY" in done.out
    assert not ftlab.home.exists()


def test_where_each_setting_was_said_is_told(ftlab: Ftlab, tmp_path: Path) -> None:
    chosen = str(tmp_path / "other.db")
    said = {"FTLAB_DB": chosen, "FTLAB_BUDGET": "7", "FTLAB_SLOTS": "2", "OPENAI_API_KEY": _KEY}
    done = ftlab("config", "--json", **said)
    shown = json.loads(done.out)
    told = {row["name"]: (row["value"], row["source"]) for row in shown["settings"]}
    assert told["database"] == (chosen, "FTLAB_DB in the environment")
    assert told["budget"] == (7.0, "FTLAB_BUDGET in the environment")
    assert told["slots"] == (2, "FTLAB_SLOTS in the environment")
    assert shown["profiles"][0]["key"] == "OPENAI_API_KEY in the environment"
    named = ftlab.document("--db", tmp_path / "named.db", "config")
    assert named["settings"][1]["source"] == "--db"


def test_a_budget_is_settled_and_unsettled(ftlab: Ftlab) -> None:
    assert ftlab("config", "set", "budget", "50").out == "budget: 50 US dollars a job\n"
    assert ftlab.document("config", "set", "budget", "12.5") == {
        "name": "budget",
        "value": 12.5,
        "source": str(ftlab.home / "config.toml"),
    }
    overruled = ftlab("config", "set", "budget", "9", FTLAB_BUDGET="7")
    assert "FTLAB_BUDGET in the environment comes first and says 7 US dollars" in overruled.err
    assert ftlab.document("config", "unset", "budget")["value"] is None


@pytest.mark.parametrize("arguments", [["budget", "much"], ["budget", "-5"], ["colour", "red"]])
def test_what_cannot_be_settled_is_wrong_usage(ftlab: Ftlab, arguments: list[str]) -> None:
    done = ftlab("config", "set", "--", *arguments)
    assert (done.status, done.out) == (2, "")
    assert not ftlab.home.exists()


def test_the_file_is_named_and_private(ftlab: Ftlab) -> None:
    file = ftlab.home / "config.toml"
    assert ftlab("config", "path").out == f"{file}\n"
    assert ftlab.document("config", "path") == {"path": str(file), "exists": False}
    ftlab("config", "set", "budget", "50")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_faulty_file_is_told_with_the_line(ftlab: Ftlab) -> None:
    ftlab("config", "set", "budget", "50")
    (ftlab.home / "config.toml").write_text("budget = 50\n\nbugdet = 60\n")
    done = ftlab("config")
    assert (done.status, done.out) == (1, "")
    where = ftlab.home / "config.toml"
    assert done.err == f"ftlab: {where}, line 3: bugdet is unknown: did you mean budget?\n"


def test_a_profile_is_added_listed_shown_and_removed(ftlab: Ftlab) -> None:
    added = ftlab("config", "profile", "add", "azure-eu", *_AZURE)
    assert (added.status, added.out) == (0, "azure-eu\n")
    assert "It has no key yet: set AZURE_OPENAI_API_KEY" in added.err
    rows = ftlab.rows("config", "profile", "list")
    assert [row["name"] for row in rows] == ["openai", "azure-eu"]
    shown = ftlab.document("config", "profile", "show", "azure-eu")
    file = str(ftlab.home / "config.toml")
    assert shown == {
        "name": "azure-eu",
        "kind": "azure",
        "base_url": "https://acme.openai.azure.com",
        "organization": None,
        "project": None,
        "api_version": None,
        "key_env": "AZURE_OPENAI_API_KEY",
        "allow_http": False,
        "key": None,
        "sources": {"kind": file, "base_url": file},
    }
    assert "azure  (from " in ftlab("config", "profile", "show", "azure-eu").out
    removed = ftlab.document("config", "profile", "remove", "azure-eu")
    assert removed == {"removed": "azure-eu", "key_removed": False}
    assert [row["name"] for row in ftlab.rows("config", "profile", "list")] == ["openai"]


def test_every_field_of_a_profile_can_be_said(ftlab: Ftlab) -> None:
    work = ("--kind", "openai", "--organization", "org-a", "--project", "proj_b", "--key-env", "W")
    ftlab("config", "profile", "add", "work", *work)
    found = ftlab.document("config", "profile", "show", "work")
    assert (found["organization"], found["project"], found["key_env"]) == ("org-a", "proj_b", "W")
    dated = ("--api-version", "2024-10-21")
    assert ftlab("config", "profile", "add", "azure", *_AZURE, *dated).status == 0
    plain = ("--kind", "compatible", "--base-url", "http://gpu.lan/v1")
    refused = ftlab("config", "profile", "add", "gpu", *plain)
    assert refused.status == 2
    assert "Invalid value for '--base-url': is http" in refused.err
    assert ftlab("config", "profile", "add", "gpu", *plain, "--allow-http").status == 0


def test_the_built_in_profile_can_be_overridden_and_comes_back(ftlab: Ftlab) -> None:
    assert ftlab("config", "profile", "add", "openai", "--project", "proj_b").status == 0
    found = ftlab.document("config", "profile", "show", "openai")
    assert (found["kind"], found["project"]) == ("openai", "proj_b")
    assert ftlab("config", "profile", "remove", "openai").status == 0
    assert ftlab.document("config", "profile", "show", "openai")["project"] is None
    again = ftlab("config", "profile", "remove", "openai")
    assert again.status == 2
    assert "openai is built in" in again.err


def test_a_profile_is_replaced_only_when_that_is_said(ftlab: Ftlab) -> None:
    ftlab("config", "profile", "add", "azure-eu", *_AZURE)
    before = (ftlab.home / "config.toml").read_text()
    other = ("--kind", "openai")
    refused = ftlab("config", "profile", "add", "azure-eu", *other)
    assert refused.status == 2
    assert "say --replace" in refused.err
    assert (ftlab.home / "config.toml").read_text() == before
    assert ftlab("config", "profile", "add", "azure-eu", *other, "--replace").status == 0
    assert ftlab.document("config", "profile", "show", "azure-eu")["kind"] == "openai"


def test_an_unknown_profile_is_not_found(ftlab: Ftlab) -> None:
    done = ftlab("config", "profile", "show", "opnai")
    assert (done.status, done.out) == (4, "")
    assert done.err == "ftlab: there is no profile 'opnai': did you mean openai?\n"


def test_names_of_profiles_are_completed(ftlab: Ftlab) -> None:
    ftlab("config", "profile", "add", "azure-eu", *_AZURE)
    words = {"COMP_WORDS": "ftlab config key set ", "COMP_CWORD": "4"}
    done = ftlab(**words, _FTLAB_COMPLETE="bash_complete")
    assert done.out.split() == ["plain,openai", "plain,azure-eu"]
    (ftlab.home / "config.toml").write_text("faulty")
    done = ftlab(**words, _FTLAB_COMPLETE="bash_complete")
    assert (done.status, done.out.split(), done.err) == (0, [], "")


def test_a_key_goes_from_a_pipe_into_the_keyring_and_out_again(
    ftlab: Ftlab, in_file: dict[str, str], tmp_path: Path
) -> None:
    kept = ftlab("config", "key", "set", "openai", text=f"{_KEY}\n", **in_file)
    account = "openai@api.openai.com"
    assert (kept.status, kept.err) == (0, "")
    assert kept.out == f"openai: kept in a file for tests as {account}\n"
    stored = json.loads((tmp_path / "keyring.json").read_text())
    assert stored == {f"ftlab/{account}": _KEY}
    shown = ftlab("config", "profile", "show", "openai", "--json", **in_file)
    assert json.loads(shown.out)["key"] == f"the system keyring ({account})"
    assert _KEY not in kept.out + shown.out
    gone = ftlab("config", "key", "remove", "openai", "--json", **in_file)
    assert json.loads(gone.out) == {"profile": "openai", "account": account}
    assert ftlab("config", "key", "remove", "openai", **in_file).status == 4


def test_a_key_is_asked_for_without_an_echo(
    ftlab: Ftlab, in_file: dict[str, str], tmp_path: Path
) -> None:
    environment = ftlab.environment | in_file
    with terminal("config", "key", "set", "openai", environment=environment) as seen:
        seen.until_shown("Key for openai (api.openai.com):")
        seen.press(f"{_KEY}\r")
        assert seen.until_ended() == 0
    assert _KEY in (tmp_path / "keyring.json").read_text()
    assert _KEY.encode() not in seen.sent


def test_a_key_of_the_environment_comes_first_and_that_is_said(
    ftlab: Ftlab, in_file: dict[str, str]
) -> None:
    done = ftlab("config", "key", "set", "openai", text=_KEY, OPENAI_API_KEY=_KEY, **in_file)
    assert done.err == "note: OPENAI_API_KEY in the environment comes first\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["openai", _KEY],
        ["openai", "--key", _KEY],
        ["openai", f"--key={_KEY}"],
        [_KEY],
        [f"--{_KEY}", "openai"],
    ],
)
def test_a_key_on_the_command_line_is_refused_and_not_repeated(
    ftlab: Ftlab, in_file: dict[str, str], arguments: list[str], tmp_path: Path
) -> None:
    done = ftlab("config", "key", "set", *arguments, **in_file)
    assert done.status in (2, 4)
    assert _KEY not in done.out + done.err
    assert not (tmp_path / "keyring.json").exists()


def test_an_empty_key_is_refused(ftlab: Ftlab, in_file: dict[str, str]) -> None:
    done = ftlab("config", "key", "set", "openai", text="\n", **in_file)
    assert (done.status, done.out) == (1, "")
    assert "the key from what was given is empty" in done.err


def test_a_machine_without_a_keyring_says_so_and_what_to_do(ftlab: Ftlab) -> None:
    backend = "keyring.backends.fail.Keyring"
    done = ftlab("config", "key", "set", "openai", text=_KEY, PYTHON_KEYRING_BACKEND=backend)
    assert (done.status, done.out) == (1, "")
    assert "there is no system keyring to use" in done.err
    assert "Put the key into the environment or a .env file instead" in done.err


def test_a_removed_profile_leaves_no_key_behind(
    ftlab: Ftlab, in_file: dict[str, str], tmp_path: Path
) -> None:
    ftlab("config", "profile", "add", "azure-eu", *_AZURE)
    ftlab("config", "key", "set", "azure-eu", text=_KEY, **in_file)
    removed = ftlab("config", "profile", "remove", "azure-eu", **in_file)
    assert removed.err == "Its key is gone from the system keyring too.\n"
    assert json.loads((tmp_path / "keyring.json").read_text()) == {}
