"""When hosted services stop taking new fine-tuning jobs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.pricing.figures import Figure, Source

if TYPE_CHECKING:
    from engine.profiles import Profile

_OPENAI = Figure(
    date(2027, 1, 6),
    Source(
        "OpenAI's API docs, Deprecations",
        "2026-11",
        "https://developers.openai.com/api/docs/deprecations",
    ),
)


def closes(profile: Profile) -> Figure[date] | None:
    """Return the day from which a service takes no new fine-tuning jobs; None if none is known."""
    return _OPENAI if profile.kind == "openai" else None
