"""What services can do at most when they draw answers."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import RequestError

HOTTEST = 2.0
"""The highest temperature."""

_MOST_STOPS = 4


def require_stops(stop: Sequence[str]) -> None:
    """See that a service can end answers before these texts.

    Raises:
        RequestError: if there are too many of them, or an empty one.
    """
    if len(stop) > _MOST_STOPS or "" in stop:
        raise RequestError(f"--stop can be said {_MOST_STOPS} times at most, each time with a text")
