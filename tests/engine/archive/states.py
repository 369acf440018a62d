"""What a lab knows, in a form that can be compared with what another one knows."""

from __future__ import annotations

from typing import Any

from engine.archive.diaries import IMPORTS, is_diary
from engine.lab import Lab
from store.tables import READ_MODELS

Rows = list[tuple[Any, ...]]


def state_of(lab: Lab) -> dict[str, Rows]:
    """Return every row of every read model; a split goes by its order instead of its place."""
    found: dict[str, Rows] = {}
    for table in READ_MODELS:
        columns = ", ".join(f'"{name}"' for name in table.model_fields)
        query = f"SELECT {columns} FROM {table.__tablename__} ORDER BY {columns}"  # noqa: S608 - from the models
        found[str(table.__tablename__)] = lab.database.reader.execute(query).fetchall()
    splits = sorted({row[0] for row in found["dataset_part"]})
    found["dataset_part"] = [(splits.index(row[0]), *row[1:]) for row in found["dataset_part"]]
    return found


def contents_of(lab: Lab) -> dict[str, bytes]:
    """Return every blob by its hash."""
    return {path.name: path.read_bytes() for path in lab.places.blobs.glob("??/*")}


def told_by(lab: Lab) -> dict[str, Rows]:
    """Return what the streams of a lab tell, but for what it tells of itself and its imports."""
    found: dict[str, Rows] = {}
    for event in lab.log.read():
        if not is_diary(event.stream) and not event.stream.startswith(IMPORTS):
            told = (event.version, event.type, event.schema, event.occurred, event.key, event.data)
            found.setdefault(event.stream, []).append(told)
    return found
