"""Points in time as the log writes them: UTC, microseconds, ISO 8601 with a final Z."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhdw])")


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Write a moment so that the texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote."""
    return datetime.fromisoformat(text)


def parse_when(text: str) -> datetime:
    """Read what a person types: `2026-11-20`, `2026-11-20T18:30`, or an age such as `90m` or `2d`.

    A moment without a zone is taken in the machine's own.

    Raises:
        ValueError: if it is neither.
    """
    try:
        if age := _AGE.fullmatch(text):
            return now() - timedelta(**{_UNITS[age[2]]: float(age[1])})
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"'{text}' is no time: write 2026-11-20, 2026-11-20T18:30 or an age such as 90m or 2d"
        ) from None
