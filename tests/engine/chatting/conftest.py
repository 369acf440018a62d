"""A lab whose profiles lead to the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.config.settings import Settings
from engine.lab import Lab
from tests.engine import keyrings
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from engine.keys import Key
    from engine.profiles import Profile
    from tests.standin.standin import Standin

__all__ = ["standin"]


@pytest.fixture
def hosted(
    lab: Lab, standin: Standin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Lab]:
    """The lab, with the profiles `openai`, `azure`, `old-azure` and `elsewhere` at the stand-in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("OPENAI_BASE_URL", standin.base_url)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", standin.key)
    monkeypatch.setenv("FTLAB_ELSEWHERE_API_KEY", standin.key)
    lab.places.config.write_text(
        f'[profiles.azure]\nkind = "azure"\nbase_url = "{standin.azure_endpoint}"\n'
        f'[profiles.old-azure]\nkind = "azure"\nbase_url = "{standin.azure_endpoint}"\n'
        'api_version = "2024-10-21"\n'
        f'[profiles.elsewhere]\nkind = "compatible"\nbase_url = "{standin.base_url}"\n'
    )
    with keyrings.used(keyrings.NoKeyring):
        yield lab


def opened(lab: Lab, name: str = "openai") -> tuple[Profile, Key]:
    """Return a profile and its key."""
    settings = Settings.read(lab.places)
    profile = settings.profile(name)
    return profile, settings.key(profile)
