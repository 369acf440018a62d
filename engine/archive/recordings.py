"""Recordings and suites as files: prompts with the answers to them, as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import RECORDINGS, SUITES, safe
from engine.archive.members import Member
from store.queries.recordings import RecordingRow, answers_first_asked_for, recording_list
from store.queries.suites import suite_list


def recording_members(desk: Desk) -> Iterator[Member]:
    """Give the files of all recordings that are wanted: what is known of each, and the answers."""
    wanted = [row for row in recording_list(desk.connection) if desk.wants(f"recording/{row.id}")]
    for row in sorted(wanted, key=lambda row: row.id):
        desk.counts["recordings"] += 1
        name = f"{safe(row.name).replace('/', '_')}.{safe(row.id, 24).replace('/', '_')}"
        stem = desk.names.claim(f"{RECORDINGS}/{name}")
        yield from _answers(desk, row, f"{stem}.jsonl")
        yield desk.document(f"{stem}.json", row.updated_at, facts_of(row))


def _answers(desk: Desk, row: RecordingRow, name: str) -> Iterator[Member]:
    """Give the whole of a recording, or of one that is not whole the answers that it asked for."""
    if row.content is not None:
        yield from desk.content(name, row.content, row.updated_at)
        return
    answers = answers_first_asked_for(desk.connection, row.id)
    if answers:
        yield desk.lines(name, row.updated_at, map(facts_of, answers))


def suite_members(desk: Desk) -> Iterator[Member]:
    """Give the prompts of all suite versions that are wanted, and what is known of each."""
    wanted = [row for row in suite_list(desk.connection) if desk.wants(f"suite/{row.name}")]
    for row in sorted(wanted, key=lambda row: (row.name, row.version)):
        desk.counts["suites"] += 1
        stem = desk.names.claim(f"{SUITES}/{safe(row.name)}@{row.version}")
        yield from desk.content(f"{stem}.jsonl", row.content, row.defined_at)
        yield desk.document(f"{stem}.json", row.defined_at, facts_of(row))
