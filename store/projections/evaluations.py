"""Folding evaluation streams into evaluations, and the streams of scores into scores."""

from __future__ import annotations

import json

from store import events
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.recording_status import COMPLETED, PLANNED, STOPPED
from store.tables import Evaluation, Likelihood, Score


def _planned(rows: Rows, event: Recorded, fact: events.EvaluationPlanned) -> None:
    rows.add(
        plain(Evaluation)(
            **fact.model_dump(exclude={"scorers", "stop"}),
            scorers_json=json.dumps(fact.scorers),
            stop_json=json.dumps(fact.stop),
            status=PLANNED,
            planned_at=event.occurred,
            updated_at=event.occurred,
        )
    )


def _stopped(rows: Rows, event: Recorded, fact: events.EvaluationStopped) -> None:
    if evaluation := rows.get(Evaluation, subject(event)):
        evaluation.status = STOPPED
        evaluation.reason = fact.reason
        evaluation.answers = fact.answers
        evaluation.refused = fact.refused
        evaluation.cost = fact.cost
        evaluation.updated_at = event.occurred


def _completed(rows: Rows, event: Recorded, fact: events.EvaluationCompleted) -> None:
    if evaluation := rows.get(Evaluation, subject(event)):
        evaluation.status = COMPLETED
        evaluation.reason = None
        evaluation.answers = fact.answers
        evaluation.refused = fact.refused
        evaluation.faults = fact.faults
        evaluation.figures_json = json.dumps(fact.figures)
        evaluation.cost = fact.cost
        evaluation.seconds = fact.seconds
        evaluation.judge_cost = fact.judge_cost
        evaluation.updated_at = event.occurred


def _scored(rows: Rows, event: Recorded, fact: events.AnswersScored) -> None:
    for place, request in enumerate(fact.requests):
        parts = fact.parts[place] if fact.parts else None
        rows.merge(
            plain(Score)(
                model=subject(event),
                scorer=fact.identity,
                against=fact.against or "",
                request=request,
                sample=fact.samples[place],
                reference=fact.references[place],
                prompt=fact.prompts[place],
                value=fact.values[place],
                detail=fact.details[place],
                fault=fact.faults[place],
                parts_json=None if parts is None else json.dumps(parts),
                evaluation=fact.evaluation,
            )
        )


def _read(rows: Rows, event: Recorded, fact: events.ReferenceRead) -> None:
    rows.merge(plain(Likelihood)(**fact.model_dump(), model=subject(event)))


FOLDS: dict[type[Fact], Fold] = {
    events.EvaluationPlanned: _planned,
    events.EvaluationStopped: _stopped,
    events.EvaluationCompleted: _completed,
    events.AnswersScored: _scored,
    events.ReferenceRead: _read,
}
