"""Questions about suites."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class SuiteRow:
    """A version of a suite; see `store.tables.Suite`."""

    id: str
    name: str
    version: int
    content: str
    bytes: int
    prompts: int
    answered: int
    source: str | None
    dataset: str | None
    system: str | None
    temperature: float | None
    max_tokens: int | None
    stop_json: str
    scorers_json: str
    defined_at: str


_COLUMNS = ", ".join(SuiteRow.__slots__)


def suite_list(connection: sqlite3.Connection) -> list[SuiteRow]:
    """Return every version of every suite, by name, the newest version of each first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM suite ORDER BY name, version DESC")
    return [SuiteRow(*row) for row in rows]


def suite(connection: sqlite3.Connection, reference: str) -> SuiteRow:
    """Return one version of a suite: `name` (the newest), `name@version`, id or beginning.

    Raises:
        NotFoundError: if there is none.
    """
    found = find(connection, "suite", reference)
    query = f"SELECT {_COLUMNS} FROM suite WHERE id = ?"
    return SuiteRow(*connection.execute(query, (found,)).fetchone())


def versions_of(connection: sqlite3.Connection, name: str) -> list[SuiteRow]:
    """Return the versions of a suite, newest first; none if nothing has this name."""
    query = f"SELECT {_COLUMNS} FROM suite WHERE name = ? ORDER BY version DESC"
    return [SuiteRow(*row) for row in connection.execute(query, (name,))]
