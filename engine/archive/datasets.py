"""Dataset versions as files: the examples as JSON Lines, what is known of them beside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import DATASETS, safe
from engine.archive.members import Member
from store.queries.datasets import (
    DatasetRow,
    checks_of,
    counts_of,
    jobs_of,
    left_out_of,
    lineage,
    models_of,
    split_beside,
)


def dataset_members(desk: Desk) -> Iterator[Member]:
    """Give the files of all dataset versions that are wanted."""
    for version in sorted(desk.versions.values(), key=lambda row: (row.name, row.version)):
        if desk.wants(f"dataset/{version.name}"):
            yield from _version(desk, version)


def _version(desk: Desk, version: DatasetRow) -> Iterator[Member]:
    desk.counts["dataset versions"] += 1
    stem = desk.names.claim(f"{DATASETS}/{safe(version.name)}@{version.version}")
    yield from desk.content(f"{stem}.jsonl", version.content, version.recorded_at)
    for count in counts_of(desk.connection, version.id):
        if count.lengths is not None:
            name = desk.names.claim(f"{stem}.{safe(count.tokenizer, 24).replace('/', '_')}")
            yield from desk.content(f"{name}.u32", count.lengths, count.counted_at)
    yield desk.document(f"{stem}.json", version.recorded_at, _facts(desk, version))


def _facts(desk: Desk, version: DatasetRow) -> dict[str, Any]:
    connection = desk.connection
    return {
        **facts_of(version),
        "first_left_out": [facts_of(row) for row in left_out_of(connection, version)],
        "lineage": [facts_of(row) for row in lineage(connection, version.id)],
        "split": split_beside(connection, version.id),
        "token_counts": [facts_of(row) for row in counts_of(connection, version.id)],
        "checks": [facts_of(row) for row in checks_of(connection, version.id)],
        "jobs": jobs_of(connection, version.id),
        "models": models_of(connection, version.id),
    }
