"""What became of a job that was asked for just now, in words."""

from __future__ import annotations

import sqlite3

from store.queries.queue import place


def start_words(connection: sqlite3.Connection, job: str) -> str:
    """Return what can be said of a new job after its name: where it waits, or that it begins.

    That it runs, its process tells later.
    """
    found = place(connection, job)
    return "is starting" if found is None else f"is queued (place {found[0]} of {found[1]})"
