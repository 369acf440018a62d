"""Questions about dataset versions."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from store.queries.find import find


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """A dataset version. `content` names the blob with its canonical JSONL.

    `tokens` is what it was last counted to, in whatever tokenizer's tokens; None if it never was.
    """

    id: str
    name: str
    version: int
    content: str
    kind: str
    examples: int
    messages: int
    characters: int
    bytes: int
    tokens: int | None
    recipe_json: str
    source: str | None
    left_out: int
    recorded_at: str


@dataclass(frozen=True, slots=True)
class CountRow:
    """What a dataset version comes to in a tokenizer's tokens.

    `lengths` names the blob with every example's tokens, four bytes each, in order.
    """

    version: str
    tokenizer: str
    tokens: int
    assistant_tokens: int
    statistics_json: str
    lengths: str | None
    counted_at: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The newest check of a dataset version for a method and a model, empty if none was named."""

    version: str
    method: str
    model: str
    errors: int
    warnings: int
    rules_json: str
    report_json: str
    checked_at: str


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A row of a file that is in no example, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A dataset version that another one comes of, or that comes of it.

    `distance` counts the steps in between: 1 for a parent, -1 for a child.
    """

    id: str
    name: str
    version: int
    distance: int


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


def split_beside(connection: sqlite3.Connection, version: str) -> dict[str, str]:
    """Return the parts of the newest split that made this version, by their names: ids."""
    query = (
        "SELECT part, version FROM dataset_part WHERE split = "
        "(SELECT MAX(split) FROM dataset_part WHERE version = ?)"
    )
    return dict(connection.execute(query, (version,)).fetchall())


def counts_of(connection: sqlite3.Connection, version: str) -> list[CountRow]:
    """Return what a version was counted to, by each tokenizer, the newest count first."""
    query = (
        f"SELECT {', '.join(CountRow.__slots__)} FROM dataset_count WHERE version = ? "
        "ORDER BY counted_at DESC, tokenizer"
    )
    return [CountRow(*row) for row in connection.execute(query, (version,))]


def checks_of(connection: sqlite3.Connection, version: str) -> list[CheckRow]:
    """Return the newest check of a version for each method and model, the newest first."""
    query = (
        f"SELECT {', '.join(CheckRow.__slots__)} FROM dataset_check WHERE version = ? "
        "ORDER BY checked_at DESC, method, model"
    )
    return [CheckRow(*row) for row in connection.execute(query, (version,))]


def left_out_of(connection: sqlite3.Connection, version: DatasetRow) -> list[LeftOutRow]:
    """Return the first rows that were left out as bad when a version was imported, in order.

    The fact that a file was read stands right before that of the version that came of it. There are
    none for a version that was made of others.
    """
    query = (
        "SELECT imported.data FROM event AS recorded JOIN event AS imported "
        "ON imported.stream = recorded.stream AND imported.version = recorded.version - 1 "
        "WHERE recorded.stream = ? AND recorded.type = 'DatasetVersionRecorded' "
        "AND json_extract(recorded.data, '$.id') = ? AND imported.type = 'DatasetImported'"
    )
    found = connection.execute(query, (f"dataset/{version.name}", version.id)).fetchone()
    rows = json.loads(found[0]).get("left_out", []) if found else []
    return [LeftOutRow(row["line"], row["reason"]) for row in rows]


def lineage(connection: sqlite3.Connection, version: str) -> list[Relative]:
    """Return all that a version comes of, the farthest first, then all that comes of it."""
    return [*reversed(_relatives(connection, version, "child", "parent", 1)),
            *_relatives(connection, version, "parent", "child", -1)]  # fmt: skip


def _relatives(
    connection: sqlite3.Connection, version: str, near: str, far: str, step: int
) -> list[Relative]:
    """Walk from a version to its parents, or to its children; each is met at its least distance."""
    query = (
        "WITH RECURSIVE walk (id, distance) AS ("
        f"SELECT {far}, 1 FROM dataset_parent WHERE {near} = ?1 UNION "
        f"SELECT {far}, distance + 1 FROM dataset_parent JOIN walk ON {near} = walk.id"
        ") SELECT walk.id, name, version, MIN(distance) FROM walk "
        "JOIN dataset_version ON dataset_version.id = walk.id "
        "GROUP BY walk.id ORDER BY MIN(distance), walk.id"
    )
    rows = connection.execute(query, (version,))
    return [
        Relative(found, name, number, step * distance) for found, name, number, distance in rows
    ]


def jobs_of(connection: sqlite3.Connection, dataset_id: str) -> list[str]:
    """Return the ids of the jobs that trained or validated on this version."""
    query = "SELECT id FROM job WHERE dataset = ?1 OR validation = ?1 ORDER BY id"
    return [row[0] for row in connection.execute(query, (dataset_id,))]


def models_of(connection: sqlite3.Connection, dataset_id: str) -> list[str]:
    """Return the ids of the models that were trained on this version."""
    query = "SELECT id FROM model WHERE dataset = ? ORDER BY id"
    return [row[0] for row in connection.execute(query, (dataset_id,))]
