"""The stand-in as a fixture: `from tests.standin.fixtures import standin` in a conftest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.standin.standin import Standin

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""Where the stand-in's clock stands when a test begins."""


@pytest.fixture
def standin() -> Iterator[Standin]:
    """OpenAI's fine-tuning API, empty; at the end no request may have broken a published type."""
    from tests.standin.clock import Clock
    from tests.standin.standin import Standin

    with Standin(Clock(NOW)) as opened:
        yield opened
    assert opened.violations == []
