"""What counts now, and where it was said."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config.settings import Setting, Settings
from engine.errors import LabError
from engine.places import Places
from store.errors import NotFoundError


class Desk:
    """A data directory, a working directory, and an environment of one's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()

    def settings(self, **environment: str) -> Settings:
        places = Places(self.home, self.home / "ftlab.db")
        return Settings.read(places, environment, self.folder)

    def write(self, config: str = "", dotenv: str = "") -> None:
        (self.home / "config.toml").write_text(config)
        (self.folder / ".env").write_text(dotenv)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_without_a_word_there_is_no_budget_and_one_profile(desk: Desk) -> None:
    settings = desk.settings()
    assert settings.budget == Setting(None, "usual")
    assert settings.names() == ["openai"]
    assert settings.profile("openai").base_url == "https://api.openai.com/v1"


def test_the_budget_of_the_environment_counts_before_env_and_file(desk: Desk) -> None:
    desk.write("budget = 1\n")
    assert desk.settings().budget == Setting(1.0, str(desk.home / "config.toml"))
    desk.write("budget = 1\n", "FTLAB_BUDGET=2\n")
    assert desk.settings().budget.value == 2
    found = desk.settings(FTLAB_BUDGET="3").budget
    assert found == Setting(3.0, "FTLAB_BUDGET in the environment")


def test_a_budget_that_is_none_is_refused_with_where_it_was_said(desk: Desk) -> None:
    with pytest.raises(LabError, match=r"^FTLAB_BUDGET in the environment is no amount"):
        _ = desk.settings(FTLAB_BUDGET="lots").budget


def test_one_job_at_a_time_is_usual_and_more_can_be_said(desk: Desk) -> None:
    assert desk.settings().slots == Setting(1, "usual")
    desk.write("slots = 2\n")
    assert desk.settings().slots == Setting(2, str(desk.home / "config.toml"))
    assert desk.settings(FTLAB_SLOTS="3").slots.value == 3
    for value in ("0", "1.5", "many", "1001"):
        with pytest.raises(LabError, match=r"^FTLAB_SLOTS in the environment is no number of jobs"):
            _ = desk.settings(FTLAB_SLOTS=value).slots
    desk.write("slots = true\n")
    with pytest.raises(LabError, match="line 1: slots is no number of jobs"):
        desk.settings()


def test_the_built_in_profile_heeds_what_the_openai_package_heeds(desk: Desk) -> None:
    profile = desk.settings(
        OPENAI_BASE_URL="https://gateway.example.com/v1",
        OPENAI_ORG_ID="org-abc",
        OPENAI_PROJECT_ID="proj_abc",
    ).profile("openai")
    assert profile.base_url == "https://gateway.example.com/v1"
    assert (profile.organization, profile.project) == ("org-abc", "proj_abc")


def test_no_other_profile_heeds_them(desk: Desk) -> None:
    desk.write('[profiles.work]\nkind = "openai"\n')
    settings = desk.settings(OPENAI_BASE_URL="https://gateway.example.com/v1", OPENAI_ORG_ID="o")
    profile = settings.profile("work")
    assert (profile.base_url, profile.organization) == ("https://api.openai.com/v1", None)


def test_what_the_file_says_of_the_built_in_profile_comes_first_field_by_field(desk: Desk) -> None:
    desk.write('[profiles.openai]\norganization = "org-file"\n')
    settings = desk.settings(OPENAI_ORG_ID="org-environment", OPENAI_PROJECT_ID="proj_environment")
    profile = settings.profile("openai")
    assert (profile.organization, profile.project) == ("org-file", "proj_environment")
    assert {field: said.source for field, said in settings.fields("openai").items()} == {
        "organization": str(desk.home / "config.toml"),
        "project": "OPENAI_PROJECT_ID in the environment",
    }


def test_a_built_in_profile_of_another_kind_heeds_the_file_alone(desk: Desk) -> None:
    desk.write('[profiles.openai]\nkind = "azure"\nbase_url = "https://acme.openai.azure.com"\n')
    profile = desk.settings(OPENAI_ORG_ID="org-abc", OPENAI_BASE_URL="https://x.io").profile(
        "openai"
    )
    assert (profile.base_url, profile.organization) == ("https://acme.openai.azure.com", None)


def test_an_address_in_a_foreign_env_file_gets_no_key_from_elsewhere(desk: Desk) -> None:
    desk.write(dotenv="OPENAI_BASE_URL=https://evil.example.com/v1\n")
    settings = desk.settings(OPENAI_API_KEY="sk-mine")
    profile = settings.profile("openai")
    assert profile.base_url == "https://api.openai.com/v1"
    assert settings.unheeded(profile) == [f"OPENAI_BASE_URL in {desk.folder / '.env'}"]


def test_an_address_beside_its_key_counts(desk: Desk) -> None:
    desk.write(dotenv="OPENAI_BASE_URL=https://gateway.example.com/v1\nOPENAI_API_KEY=sk-there\n")
    settings = desk.settings()
    profile = settings.profile("openai")
    assert profile.base_url == "https://gateway.example.com/v1"
    assert settings.key(profile).reveal() == "sk-there"
    assert settings.unheeded(profile) == []


def test_an_address_of_the_environment_that_no_key_may_go_to_is_refused(desk: Desk) -> None:
    settings = desk.settings(OPENAI_BASE_URL="http://gateway.example.com/v1")
    with pytest.raises(LabError, match=r"^OPENAI_BASE_URL in the environment: base_url is http"):
        settings.profile("openai")


def test_an_unknown_profile_is_answered_with_the_likeliest(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="no profile 'opnai': did you mean openai"):
        desk.settings().profile("opnai")
    with pytest.raises(NotFoundError, match="ftlab config profile add"):
        desk.settings().profile("zzz")


def test_a_faulty_file_is_told_at_once(desk: Desk) -> None:
    desk.write("bugdet = 5\n")
    with pytest.raises(LabError, match="line 1"):
        desk.settings()
