"""Points in time as the log writes them: UTC, microseconds, ISO 8601 with a final Z."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhdw])")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = 3
_DAY = re.compile(r"(?:(?:last )?([a-z]+)(?:[ t]|$))?([0-9]{1,2}:[0-9]{2})?")


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
    """Read what a person types.

    That is `2026-11-20`, `2026-11-20T18:30`, an age such as `90m` or `2d`, a day such as `today`,
    `yesterday` or `tuesday` (the last one before today), a time of today such as `18:30`, or both:
    `tuesday 18:30`. A moment without a zone is taken in the machine's own; a day means its begin.

    Raises:
        ValueError: if it is none of these.
    """
    try:
        if age := _AGE.fullmatch(text):
            return now() - timedelta(**{_UNITS[age[2]]: float(age[1])})
        if (day := _DAY.fullmatch(text.strip().lower())) and any(day.groups()):
            return _on_day(day[1], day[2] or "0:00").astimezone(UTC)
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"'{text}' is no time: write 2026-11-20, 2026-11-20T18:30, tuesday 18:30, yesterday, "
            "or an age such as 90m or 2d"
        ) from None


def _on_day(name: str | None, time: str) -> datetime:
    hour, minute = (int(part) for part in time.split(":"))
    day = now().astimezone().replace(tzinfo=None) - timedelta(days=_days_ago(name))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _days_ago(name: str | None) -> int:
    if name in (None, "today"):
        return 0
    if name == "yesterday":
        return 1
    meant = [
        number
        for number, day in enumerate(_WEEKDAYS)
        if name is not None and len(name) >= _SHORT and day.startswith(name)
    ]
    if not meant:
        raise ValueError(name)
    return (now().astimezone().weekday() - meant[0] - 1) % 7 + 1
