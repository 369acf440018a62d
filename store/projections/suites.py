"""Folding suite streams into suite versions."""

from __future__ import annotations

import json

from store import events
from store.events import Fact
from store.projections.fold import Fold
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import Suite


def _defined(rows: Rows, event: Recorded, fact: events.SuiteDefined) -> None:
    rows.add(
        plain(Suite)(
            **fact.model_dump(exclude={"stop", "scorers"}),
            stop_json=json.dumps(fact.stop),
            scorers_json=json.dumps(fact.scorers),
            defined_at=event.occurred,
        )
    )


FOLDS: dict[type[Fact], Fold] = {events.SuiteDefined: _defined}
