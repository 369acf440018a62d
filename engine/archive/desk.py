"""What those who gather the files of an archive share."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.archive.layout import Names
from engine.archive.members import Member, OnDisk, Spool
from store.blobs import BlobStore
from store.queries.datasets import DatasetRow, dataset_list

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(slots=True)
class Desk:
    """Where an archive is put together.

    Attributes:
        connection: the store, as it stood at one moment.
        blobs: the contents that it names.
        spool: where written files wait.
        streams: the streams that are wanted; None for all.
        names: which are taken in the archive.
        placed: the contents that have a place in it.
        missing: names and hashes of contents that are not here.
        counts: how many there are of what.
        versions: all dataset versions by their ids.
    """

    connection: sqlite3.Connection
    blobs: BlobStore
    spool: Spool
    streams: set[str] | None
    names: Names = field(default_factory=Names)
    placed: set[str] = field(default_factory=set)
    missing: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    versions: dict[str, DatasetRow] = field(init=False)

    def __post_init__(self) -> None:
        self.versions = {version.id: version for version in dataset_list(self.connection)}

    def wants(self, stream: str) -> bool:
        """Tell whether what a stream tells of is wanted."""
        return self.streams is None or stream in self.streams

    def document(self, name: str, moment: str, value: object) -> Member:
        """Write a value as a JSON file."""
        return self.spool.add(name, moment, [_as_json(value, indent=2) + b"\n"])

    def lines(self, name: str, moment: str, values: Iterable[object]) -> Member:
        """Write values as a JSON Lines file."""
        return self.spool.add(name, moment, (_as_json(value) + b"\n" for value in values))

    def content(self, name: str, sha256: str, moment: str) -> Iterator[Member]:
        """Give a content as a file; none, and a note of it, if it is not here."""
        path = self.blobs.path(sha256)
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            self.missing.append((name, sha256))
            return
        self.placed.add(sha256)
        yield Member(name, size, sha256, moment, OnDisk(path))


def facts_of(row: DataclassInstance) -> dict[str, Any]:
    """Return a row of the read models by its names, its `*_json` texts unpacked.

    Numbers that JSON does not have (NaN, infinities) become null.
    """
    found = {}
    for each in fields(row):
        value = getattr(row, each.name)
        if each.name.endswith("_json") and isinstance(value, str):
            value = json.loads(value, parse_constant=lambda _: None)
        if isinstance(value, float) and not isfinite(value):
            value = None
        found[each.name.removesuffix("_json")] = value
    return found


def _as_json(value: object, indent: int | None = None) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    # Half of a surrogate pair is no UTF-8, but JSON has an escape for it.
    return text.encode("utf-8", "backslashreplace")
