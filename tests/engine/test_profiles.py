"""Profiles: what may be said of a hosted service."""

from __future__ import annotations

import pytest

from engine.profiles import BUILT_IN, Profile, ProfileError, make

_URL = "https://api.example.com/v1"


def test_the_built_in_profile_needs_nothing_said() -> None:
    assert make(BUILT_IN, {}) == Profile(
        name="openai",
        kind="openai",
        base_url="https://api.openai.com/v1",
        key_env="OPENAI_API_KEY",
    )


def test_a_profile_keeps_what_is_said_of_it() -> None:
    said = {
        "kind": "openai",
        "base_url": "https://eu.api.openai.com/v1/",
        "organization": "org-abc",
        "project": "proj_abc",
        "key_env": "WORK_KEY",
    }
    assert make("work", said) == Profile(
        name="work",
        kind="openai",
        base_url="https://eu.api.openai.com/v1",
        organization="org-abc",
        project="proj_abc",
        key_env="WORK_KEY",
    )


@pytest.mark.parametrize(
    ("name", "kind", "variable"),
    [
        ("openai", "openai", "OPENAI_API_KEY"),
        ("work", "openai", "FTLAB_WORK_API_KEY"),
        ("gpu-box", "compatible", "FTLAB_GPU_BOX_API_KEY"),
        ("openai", "compatible", "FTLAB_OPENAI_API_KEY"),
        ("azure-eu", "azure", "AZURE_OPENAI_API_KEY"),
    ],
)
def test_each_kind_has_its_key_in_a_variable_of_its_own(
    name: str, kind: str, variable: str
) -> None:
    assert make(name, {"kind": kind, "base_url": _URL}).key_env == variable


@pytest.mark.parametrize(
    "name", ["local", "", "Work", "my_box", "two words", "9to5", "-x", "x-", "a--b", "x" * 41, "é"]
)
def test_names_are_plain_and_local_is_taken(name: str) -> None:
    with pytest.raises(ProfileError):
        make(name, {"kind": "openai"})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "kind must be one of openai, azure, compatible"),
        ({"kind": "opnai"}, "kind must be one of"),
        ({"kind": "azure"}, "base_url must be said"),
        ({"kind": "compatible", "base_url": 5}, "base_url is no text"),
        ({"kind": "compatible", "base_url": "http://far.example.com"}, "base_url is http"),
        ({"kind": "openai", "organization": "two words"}, "organization must be an id"),
        ({"kind": "openai", "project": "line\nbreak"}, "project must be an id"),
        ({"kind": "openai", "api_version": "2024-10-21"}, "only the kind azure has"),
        ({"kind": "azure", "base_url": _URL, "api_version": "2024-10-21"}, "of the v1 API"),
        ({"kind": "azure", "base_url": f"{_URL}/openai/deployments/x"}, "to one deployment"),
        ({"kind": "openai", "organization": f"sk-{'x' * 20}"}, "organization looks like a key"),
        ({"kind": "azure", "base_url": _URL, "api_version": "new"}, "must be a dated version"),
        ({"kind": "azure", "base_url": _URL, "organization": "org-abc"}, "does not have"),
        ({"kind": "openai", "allow_http": "yes"}, "allow_http must be true or false"),
        ({"kind": "openai", "basurl": _URL}, "basurl is unknown: did you mean base_url?"),
        ({"kind": "openai", "colour": "red"}, "colour is unknown: known are kind, base_url"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(said: dict[str, object], why: str) -> None:
    with pytest.raises(ProfileError) as refused:
        make("work", said)
    assert why in str(refused.value)


def test_a_key_is_no_name() -> None:
    with pytest.raises(ProfileError) as refused:
        make("sk-proj-zq7xw2mn9rt4vb8kl3", {"kind": "openai"})
    assert "zq7x" not in str(refused.value)


@pytest.mark.parametrize("field", ["key", "api_key", "token", "key_env", "base_url", "project"])
def test_a_key_in_the_wrong_place_is_never_repeated(field: str) -> None:
    with pytest.raises(ProfileError) as refused:
        make("work", {"kind": "compatible", "base_url": _URL, field: "sk-secret and more"})
    assert "sk-secret" not in str(refused.value)
    assert field in str(refused.value)


def test_a_field_that_holds_a_key_is_answered_with_where_keys_go() -> None:
    with pytest.raises(ProfileError, match="ftlab config key set"):
        make("work", {"kind": "openai", "api_key": "sk-secret"})
