"""Folding dataset streams into dataset versions."""

from __future__ import annotations

import json

from sqlmodel import Session

from store import events
from store.events import Fact
from store.projections.fold import Fold
from store.recorded import Recorded
from store.tables import DatasetVersion


def _version_recorded(
    session: Session, event: Recorded, fact: events.DatasetVersionRecorded
) -> None:
    session.add(
        DatasetVersion(
            **fact.model_dump(exclude={"recipe"}),
            recipe_json=json.dumps(fact.recipe),
            source=_text(fact.recipe.get("source")),
            left_out=_number(fact.recipe.get("left_out")),
            recorded_at=event.occurred,
        )
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


FOLDS: dict[type[Fact], Fold] = {events.DatasetVersionRecorded: _version_recorded}
