"""How long a service asks to wait before the next request (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

_LONGEST = 3600.0
"""Nobody waits a year because of a slip in a header; to ask once an hour does no harm."""


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer's headers ask to wait, an hour at most.

    Args:
        headers: of the answer.

    Returns:
        The seconds; None if the headers say nothing of it.
    """
    wait = _said(headers)
    return None if wait is None else min(wait, _LONGEST)


def _said(headers: Mapping[str, str]) -> float | None:
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    return seconds if seconds is not None else _until(said, headers.get("date"))


def moment(text: str | None) -> datetime | None:
    """Return the time that an HTTP date tells; None if it is none."""
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) and number >= 0 else None


def _until(said: str | None, answered: str | None) -> float | None:
    """Reckon by the service's own clock where the answer tells it: ours may be wrong."""
    end = moment(said)
    if end is None:
        return None
    return max(0.0, (end - (moment(answered) or datetime.now(UTC))).total_seconds())
