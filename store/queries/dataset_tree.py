"""Dataset versions as a list shows them: which there are, what each was made of, what uses it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from store.queries.searching import EVERY, Condition, Language

_NEWEST_CHECK = (
    "(SELECT {column} FROM dataset_check WHERE version = dataset_version.id "
    "ORDER BY checked_at DESC, method, model LIMIT 1)"
)
_USES = "(SELECT COUNT(*) FROM {table} WHERE {condition})"

DATASETS = Language(
    thing="a dataset",
    texts={
        "name": "name || '@' || version",
        "id": "id",
        "kind": "kind",
        "made": "json_extract(recipe_json, '$.made')",
        "of": "json_extract(recipe_json, '$.of')",
        "source": "source",
        "content": "content",
    },
    numbers={
        "version": "version",
        "examples": "examples",
        "messages": "messages",
        "characters": "characters",
        "tokens": "tokens",
        "bytes": "bytes",
        "left_out": "left_out",
        "errors": _NEWEST_CHECK.format(column="errors"),
        "warnings": _NEWEST_CHECK.format(column="warnings"),
        "jobs": _USES.format(
            table="job", condition="dataset_version.id IN (job.dataset, job.validation)"
        ),
        "models": _USES.format(table="model", condition="model.dataset = dataset_version.id"),
    },
    times={"recorded": "recorded_at", "age": "recorded_at"},
    anywhere=("name", "id", "source"),
)
"""Over `dataset_version`."""


@dataclass(frozen=True, slots=True)
class VersionNode:
    """A dataset version in the tree of what was made of what.

    `parent` is the first of the versions that it was made of; None for what came from a file.
    """

    id: str
    name: str
    version: int
    parent: str | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What a list shows of a dataset version.

    `errors` and `warnings` are those of its newest check, None if it never was checked; `jobs`
    trained or validated on it, `models` came of it.
    """

    id: str
    name: str
    version: int
    kind: str
    examples: int
    bytes: int
    tokens: int | None
    left_out: int
    recipe_json: str
    recorded_at: str
    errors: int | None
    warnings: int | None
    jobs: int
    models: int

    @property
    def reference(self) -> str:
        """The version as a person names it."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class DatasetUser:
    """A job or a model that a dataset version went into.

    `role` is what the version was to it: `training` or `validation`; `status` is a job's status, or
    the kind of a model.
    """

    id: str
    name: str
    is_job: bool
    role: str
    status: str
    base_model: str
    at: str


_ROW_COLUMNS = (
    "id, name, version, kind, examples, bytes, tokens, left_out, recipe_json, recorded_at"
)
_PARENT = "(SELECT parent FROM dataset_parent WHERE child = id ORDER BY ordinal LIMIT 1)"


def dataset_signature(connection: sqlite3.Connection) -> tuple[object, ...]:
    """Return what is another as soon as a list of dataset versions could show something else."""
    row: tuple[object, ...] = connection.execute(
        "SELECT (SELECT COUNT(*) FROM dataset_version), "
        "(SELECT COUNT(*) FROM dataset_check), (SELECT MAX(checked_at) FROM dataset_check), "
        "(SELECT COUNT(*) FROM dataset_count), (SELECT MAX(counted_at) FROM dataset_count), "
        "(SELECT COUNT(*) FROM job), (SELECT COUNT(*) FROM model)"
    ).fetchone()
    return row


def version_count(connection: sqlite3.Connection) -> int:
    """Return how many dataset versions there are."""
    row: tuple[int] = connection.execute("SELECT COUNT(*) FROM dataset_version").fetchone()
    return row[0]


def version_nodes(connection: sqlite3.Connection, wanted: Condition = EVERY) -> list[VersionNode]:
    """Return the dataset versions that fit, the newest first."""
    rows = connection.execute(
        f"SELECT id, name, version, {_PARENT} "
        f"FROM dataset_version WHERE {wanted.sql} ORDER BY recorded_at DESC, id DESC",
        wanted.values,
    )
    return [VersionNode(*row) for row in rows]


def version_rows(connection: sqlite3.Connection, ids: Sequence[str]) -> list[VersionRow]:
    """Return what a list shows of these versions; those that do not exist are left out."""
    named = json.dumps(list(ids))
    checks = _newest_checks(connection, named)
    jobs = _counted(connection, _JOBS, named)
    models = _counted(connection, _MODELS, named)
    rows = connection.execute(
        f"SELECT {_ROW_COLUMNS} FROM dataset_version WHERE id IN (SELECT value FROM json_each(?))",
        (named,),
    )
    found = []
    for row in rows:
        errors, warnings = checks.get(row[0], (None, None))
        values = (*row, errors, warnings, jobs.get(row[0], 0), models.get(row[0], 0))
        found.append(VersionRow(*values))
    return found


_JOBS = """
SELECT version, COUNT(*) FROM (
    SELECT dataset AS version, id FROM job WHERE dataset IN (SELECT value FROM json_each(?1))
    UNION SELECT validation, id FROM job WHERE validation IN (SELECT value FROM json_each(?1))
) GROUP BY version
"""
_MODELS = """
SELECT dataset, COUNT(*) FROM model WHERE dataset IN (SELECT value FROM json_each(?1))
GROUP BY dataset
"""


def _counted(connection: sqlite3.Connection, query: str, named: str) -> dict[str, int]:
    return dict(connection.execute(query, (named,)).fetchall())


def _newest_checks(connection: sqlite3.Connection, named: str) -> dict[str, tuple[int, int]]:
    rows = connection.execute(
        "SELECT version, errors, warnings FROM dataset_check "
        "WHERE version IN (SELECT value FROM json_each(?)) "
        "ORDER BY checked_at, method DESC, model DESC",
        (named,),
    )
    return {version: (errors, warnings) for version, errors, warnings in rows}


def family(connection: sqlite3.Connection, version: str) -> list[VersionNode]:
    """Return a version with all that it comes of and all that comes of it, the newest first."""
    ids = {version}
    for near, far in (("child", "parent"), ("parent", "child")):
        rows = connection.execute(
            f"WITH RECURSIVE walk (id) AS (SELECT ?1 UNION SELECT {far} FROM dataset_parent "
            f"JOIN walk ON {near} = walk.id) SELECT id FROM walk",
            (version,),
        )
        ids.update(row[0] for row in rows)
    named = json.dumps(sorted(ids))
    # Of several that a version was merged from, the one that belongs to the family counts here.
    rows = connection.execute(
        "SELECT id, name, version, (SELECT parent FROM dataset_parent WHERE child = id "
        "AND parent IN (SELECT value FROM json_each(?1)) ORDER BY ordinal LIMIT 1) "
        "FROM dataset_version WHERE id IN (SELECT value FROM json_each(?1)) "
        "ORDER BY recorded_at DESC, id DESC",
        (named,),
    )
    return [VersionNode(*row) for row in rows]


def users_of(connection: sqlite3.Connection, version: str, limit: int = 200) -> list[DatasetUser]:
    """Return the jobs and models that a version went into, the newest first, jobs before models."""
    jobs = connection.execute(
        "SELECT id, name, 1, CASE dataset WHEN ?1 THEN 'training' ELSE 'validation' END, status, "
        "base_model, planned_at FROM job WHERE dataset = ?1 OR validation = ?1 "
        "ORDER BY planned_at DESC, id DESC LIMIT ?2",
        (version, limit),
    )
    models = connection.execute(
        "SELECT id, name, 0, 'training', kind, base_model, registered_at FROM model "
        "WHERE dataset = ?1 ORDER BY registered_at DESC, id DESC LIMIT ?2",
        (version, limit),
    )
    return [
        DatasetUser(found, name, bool(is_job), *rest)
        for found, name, is_job, *rest in (*jobs, *models)
    ]
