"""The stand-in's own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Stands still at a moment that a test sets, or goes with the machine's clock."""

    def __init__(self, moment: datetime | None = None) -> None:
        """Stand still at `moment`; without one, go with the machine's clock."""
        self._moment = moment
        self._shift = timedelta()

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return (self._moment or datetime.now(UTC)) + self._shift

    def timestamp(self) -> int:
        """Return the moment as the API writes it: whole seconds since 1970."""
        return int(self.now().timestamp())

    def today(self) -> str:
        """Return the day as the API writes it: YYYY-MM-DD."""
        return self.now().date().isoformat()

    def set(self, moment: datetime) -> None:
        """Stand still at `moment` from now on."""
        self._moment = moment
        self._shift = timedelta()

    def move(self, delta: timedelta) -> None:
        """Let `delta` pass at once."""
        self._shift += delta
