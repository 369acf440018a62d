"""Questions about dataset versions."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """A dataset version. `content` names the blob with its canonical JSONL."""

    id: str
    name: str
    version: int
    content: str
    examples: int
    messages: int
    characters: int
    bytes: int
    tokens: int | None
    parent: str | None
    recipe_json: str
    source: str | None
    left_out: int
    recorded_at: str


_COLUMNS = ", ".join(DatasetRow.__slots__)


def dataset_list(connection: sqlite3.Connection) -> list[DatasetRow]:
    """Return every dataset version, newest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM dataset_version ORDER BY id DESC")
    return [DatasetRow(*row) for row in rows]


def dataset(connection: sqlite3.Connection, reference: str) -> DatasetRow:
    """Return the version that `name`, `name@version`, an id or a unique beginning means.

    Raises:
        NotFoundError: if there is none.
    """
    found = find(connection, "dataset_version", reference)
    query = f"SELECT {_COLUMNS} FROM dataset_version WHERE id = ?"
    return DatasetRow(*connection.execute(query, (found,)).fetchone())


def versions_of(connection: sqlite3.Connection, name: str) -> list[DatasetRow]:
    """Return the versions of the dataset of exactly this name, oldest first."""
    query = f"SELECT {_COLUMNS} FROM dataset_version WHERE name = ? ORDER BY version"
    return [DatasetRow(*row) for row in connection.execute(query, (name,))]


def jobs_of(connection: sqlite3.Connection, dataset_id: str) -> list[str]:
    """Return the ids of the jobs that trained or validated on this version."""
    query = "SELECT id FROM job WHERE dataset = ?1 OR validation = ?1 ORDER BY id"
    return [row[0] for row in connection.execute(query, (dataset_id,))]
