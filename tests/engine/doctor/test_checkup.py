"""Which looks are taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.doctor.checkup import check_up
from engine.places import Places
from store.errors import NotFoundError
from tests.engine import keyrings


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of the tester's own: no keys, no .env file, no keyring."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "FTLAB_BUDGET"):
        monkeypatch.delenv(name, raising=False)
    with keyrings.used(keyrings.NoKeyring):
        yield


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path, tmp_path / "ftlab.db")


def _subjects(places: Places, *profiles: str) -> list[str]:
    return list(dict.fromkeys(finding.subject for finding in check_up(places, profiles)))


def test_the_machine_and_all_profiles_are_looked_at(places: Places) -> None:
    places.config.write_text(
        '[profiles.box]\nkind = "compatible"\nbase_url = "http://127.0.0.1:1"\n'
    )
    assert _subjects(places) == ["this machine", "openai", "box"]
    assert _subjects(places, "box", "box") == ["this machine", "box"]


def test_a_built_in_profile_that_is_named_needs_its_key(places: Places) -> None:
    places.config.write_text('[profiles.openai]\nbase_url = "http://127.0.0.1:1"\nkey_env = "X"\n')
    found = check_up(places, ["openai"])
    assert [finding.status for finding in found if finding.name == "address"] == ["failure"]


def test_an_unknown_profile_is_refused(places: Places) -> None:
    with pytest.raises(NotFoundError, match="did you mean openai"):
        check_up(places, ["opnai"])


@pytest.mark.parametrize(
    ("config", "budget", "words"),
    [("bugdet = 5\n", "1", "line 1: bugdet is unknown"), ("", "lots", "FTLAB_BUDGET in the")],
)
def test_a_faulty_configuration_is_a_finding_and_the_machine_is_looked_at_all_the_same(
    places: Places, monkeypatch: pytest.MonkeyPatch, config: str, budget: str, words: str
) -> None:
    places.config.write_text(config)
    monkeypatch.setenv("FTLAB_BUDGET", budget)
    found = check_up(places)
    assert "Python" in {finding.name for finding in found}
    faulty = [finding for finding in found if finding.name == "configuration"]
    assert [finding.status for finding in faulty] == ["failure"]
    assert words in faulty[0].what
