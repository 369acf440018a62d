"""Folding sweep streams into sweeps and their trials."""

from __future__ import annotations

import json

from store import events
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import Sweep, SweepTrial


def _planned(rows: Rows, event: Recorded, fact: events.SweepPlanned) -> None:
    rows.add(
        plain(Sweep)(
            **fact.model_dump(exclude={"axes", "fixed", "trials", "limit"}),
            axes_json=json.dumps(fact.axes),
            fixed_json=json.dumps(fact.fixed),
            max_cost=fact.limit,
            planned_at=event.occurred,
            updated_at=event.occurred,
        )
    )
    for number, trial in enumerate(fact.trials, start=1):
        rows.add(
            plain(SweepTrial)(
                sweep=fact.id,
                number=number,
                job=trial.job,
                settings_json=json.dumps(trial.settings),
                examples=trial.examples,
            )
        )


def _completed(rows: Rows, event: Recorded, fact: events.SweepCompleted) -> None:
    if sweep := rows.get(Sweep, subject(event)):
        sweep.completed_at = event.occurred
        sweep.best = fact.ranking[0].job if fact.ranking else None
        sweep.updated_at = event.occurred


FOLDS: dict[type[Fact], Fold] = {
    events.SweepPlanned: _planned,
    events.SweepCompleted: _completed,
}
