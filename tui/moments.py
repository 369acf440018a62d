"""Recorded moments as a list shows them."""

from __future__ import annotations

from datetime import datetime

from store.times import from_text


def moment(recorded: str, now: datetime) -> str:
    """Return the time of day in the machine's zone, with the date if it was another day."""
    zone = now.astimezone().tzinfo
    then = from_text(recorded).astimezone(zone)
    same_day = then.date() == now.astimezone(zone).date()
    return then.strftime("%H:%M:%S" if same_day else "%b %d %H:%M:%S")
