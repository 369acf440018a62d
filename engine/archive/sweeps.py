"""Sweeps as files: what was tried, and what came of it, as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import SWEEPS, safe
from engine.archive.members import Member
from store.queries.sweeps import sweep_list, trials


def sweep_members(desk: Desk) -> Iterator[Member]:
    """Give a file of each sweep that is wanted, with its trials."""
    wanted = [row for row in sweep_list(desk.connection) if desk.wants(f"sweep/{row.id}")]
    for row in sorted(wanted, key=lambda row: row.id):
        desk.counts["sweeps"] += 1
        name = f"{safe(row.name).replace('/', '_')}.{safe(row.id, 24).replace('/', '_')}"
        stem = desk.names.claim(f"{SWEEPS}/{name}")
        told = [facts_of(trial) for trial in trials(desk.connection, row.id)]
        yield desk.document(f"{stem}.json", row.updated_at, {**facts_of(row), "trials": told})
