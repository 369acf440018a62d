"""Evaluations as files: the figures as JSON, the scores of each answer as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine.archive.desk import Desk, facts_of
from engine.archive.layout import EVALUATIONS, safe
from engine.archive.members import Member
from engine.evaluation.answers import reference_digest
from engine.evaluation.reading import settings_of
from engine.recording.settings import questions_of
from engine.suites.prompts import digest_of, kept
from store.errors import StoreError
from store.queries.evaluations import EvaluationRow, evaluation_list, scores_of

_TOLD = ("prompt", "request", "sample", "reference", "value", "detail", "fault", "evaluation")


def evaluation_members(desk: Desk) -> Iterator[Member]:
    """Give the files of all evaluations that are wanted."""
    wanted = [row for row in evaluation_list(desk.connection) if desk.wants(f"evaluation/{row.id}")]
    for row in sorted(wanted, key=lambda row: row.id):
        desk.counts["evaluations"] += 1
        name = f"{safe(row.name).replace('/', '_')}.{safe(row.id, 24).replace('/', '_')}"
        stem = desk.names.claim(f"{EVALUATIONS}/{name}")
        scores = list(_scores(desk, row))
        if scores:
            yield desk.lines(f"{stem}.jsonl", row.updated_at, scores)
        yield desk.document(f"{stem}.json", row.updated_at, facts_of(row))


def _scores(desk: Desk, row: EvaluationRow) -> Iterator[dict[str, Any]]:
    """Give what the scorers of an evaluation said of its answers, whoever asked first."""
    wanted = _wanted(desk, row)
    for said in json.loads(row.scorers_json):
        for against in dict.fromkeys(("", row.against or "")):
            known = scores_of(desk.connection, row.model, digest_of(said), against)
            for place, score in sorted(known.items()):
                if wanted is not None and place not in wanted:
                    continue
                told = {name: getattr(score, name) for name in _TOLD}
                yield {"scorer": said["id"], **told}


def _wanted(desk: Desk, row: EvaluationRow) -> set[tuple[str, int, str]] | None:
    """Return the places of the scores of its own answers; None if its prompts are not here."""
    settings = settings_of(row)
    try:
        questions = list(questions_of(list(kept(desk.blobs, row.prompts)), settings))
    except (StoreError, OSError):
        return None
    return {
        (*each.place, reference_digest(each.prompt))
        for each in questions
        if bool(each.sample) == bool(settings.samples)
    }
