"""The stand-in and a client of it that never repeats a request by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from engine.model_client import open_client
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    import openai

    from tests.standin.standin import Standin

__all__ = ["client", "standin"]


@pytest.fixture
def client(standin: Standin) -> Iterator[openai.OpenAI]:
    with open_client(standin.base_url, standin.key) as opened:
        yield opened
