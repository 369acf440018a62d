"""`ftlab doctor`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.providers.hosted.loopback import Service, refusal, running

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_KEY = "sk-proj-Zq7Xw2mN9rT4vB8kL3"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        found.right = lambda headers: headers.get("Authorization") == f"Bearer {_KEY}"
        yield found


@pytest.fixture
def hosted(service: Service) -> dict[str, str]:
    """The environment in which the built-in profile leads to the service."""
    return {"OPENAI_API_KEY": _KEY, "OPENAI_BASE_URL": service.url}


def test_without_a_service_it_asks_none_and_changes_nothing(ftlab: Ftlab) -> None:
    done = ftlab("doctor")
    assert done.status == 0, done.out
    assert done.err == ""
    assert done.out.startswith("this machine\n  ok       Python")
    assert "none, so this profile is not used" in done.out
    assert not ftlab.home.exists()


def test_a_service_where_all_is_well_is_told_as_json(ftlab: Ftlab, hosted: dict[str, str]) -> None:
    done = ftlab("doctor", "--profile", "openai", "--json", **hosted)
    found = json.loads(done.out)
    assert (done.status, found["ok"]) == (0, True)
    of_it = [finding for finding in found["findings"] if finding["subject"] == "openai"]
    names = ["key", "address", "clock", "key", "models", "files", "fine-tuning jobs", "limits"]
    assert [finding["name"] for finding in of_it] == names
    assert of_it[0] == {
        "subject": "openai",
        "name": "key",
        "status": "ok",
        "what": "from OPENAI_API_KEY in the environment",
        "advice": None,
    }


def test_what_failed_is_told_with_what_to_do_and_ends_with_1(
    ftlab: Ftlab, hosted: dict[str, str], service: Service
) -> None:
    service.answers["/v1/files"] = refusal(403, "Missing scopes: api.files.read.")
    done = ftlab("doctor", **hosted)
    assert done.status == 1
    assert "failure  files             openai does not let this key do that: Missing" in done.out
    assert "-> give the key the right to read files" in done.out
    assert done.out.splitlines()[-1] == "1 failure"


def test_the_database_that_was_chosen_is_looked_at(recorded: Ftlab, tmp_path: Path) -> None:
    moved = recorded.database.rename(tmp_path / "moved.db")
    done = recorded("doctor", "--db", moved)
    assert f"{moved}, schema 1, 15 events" in done.out


def test_an_unknown_profile_is_not_found(ftlab: Ftlab) -> None:
    done = ftlab("doctor", "--profile", "opnai")
    assert (done.status, done.out) == (4, "")
