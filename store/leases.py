"""Leases: which process does a thing that only one should do at a time.

A lease is no fact and stays out of the log. It lapses by itself, so that a killed holder blocks
nobody for long.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable

from store.database import Database

POLLER = "poller"
"""Of who brings in the news of jobs, and starts those that wait."""

DAEMON = "daemon"
"""Of a daemon: while one holds it, no dashboard and no other command polls."""

_LONGEST = 120.0
"""Seconds that no lease is claimed for."""


def holder_of(
    connection: sqlite3.Connection, name: str, clock: Callable[[], float] = time.time
) -> str | None:
    """Return who holds a lease now, in words; None if nobody does."""
    row = connection.execute(
        "SELECT described FROM lease WHERE name = ? AND expires > ?", (name, clock())
    ).fetchone()
    return str(row[0]) if row else None


class Lease:
    """A claim to be the one who does something.

    Args:
        database: shared by those who compete.
        name: what it is about, such as `poller`.
        described: who this holder is, for others to read.
        seconds: how long the claim lasts without being renewed.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        described: str,
        seconds: float = 15.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._name = name
        self._described = described
        self._seconds = seconds
        self._clock = clock
        self._holder = secrets.token_hex(8)
        self._renewed_at = 0.0
        self._renew_at = 0.0

    def acquire(self) -> bool:
        """Claim the lease, or renew it; False if somebody else holds it.

        Cheap while it is fresh.
        """
        now = self._clock()
        if self._renewed_at <= now < self._renew_at:
            return True
        with self._database.transaction() as connection:
            query = "SELECT holder, expires FROM lease WHERE name = ?"
            row = connection.execute(query, (self._name,)).fetchone()
            # One that ends later than any could is of a clock that was set back since.
            taken = row is not None and now < row[1] <= now + _LONGEST
            if taken and row[0] != self._holder:
                return False
            connection.execute(
                "INSERT OR REPLACE INTO lease (name, holder, described, expires) "
                "VALUES (?, ?, ?, ?)",
                (self._name, self._holder, self._described, now + self._seconds),
            )
        self._renewed_at = now
        self._renew_at = now + self._seconds / 3
        return True

    def holder(self) -> str | None:
        """Return who holds the lease now, in words; None if nobody does."""
        return holder_of(self._database.reader, self._name, self._clock)

    def release(self) -> None:
        """Give the lease up, if it is held."""
        if not self._renew_at:
            return
        self._renew_at = 0.0
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM lease WHERE name = ? AND holder = ?", (self._name, self._holder)
            )
