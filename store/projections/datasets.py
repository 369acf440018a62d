"""Folding dataset streams into dataset versions, their counts and their checks."""

from __future__ import annotations

import json

from store import events
from store.events import Fact
from store.projections.fold import Fold
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import DatasetCheck, DatasetCount, DatasetParent, DatasetPart, DatasetVersion


def _version_recorded(rows: Rows, event: Recorded, fact: events.DatasetVersionRecorded) -> None:
    rows.add(
        plain(DatasetVersion)(
            **fact.model_dump(exclude={"recipe", "parents"}),
            recipe_json=json.dumps(fact.recipe),
            source=_text(fact.recipe.get("source")),
            left_out=_number(fact.recipe.get("left_out")),
            recorded_at=event.occurred,
        )
    )
    for ordinal, parent in enumerate(dict.fromkeys(fact.parents)):
        rows.add(plain(DatasetParent)(child=fact.id, parent=parent, ordinal=ordinal))


def _split(rows: Rows, event: Recorded, fact: events.DatasetSplit) -> None:
    for part, version in fact.parts.items():
        rows.add(plain(DatasetPart)(split=event.seq, part=part, version=version))


def _counted(rows: Rows, event: Recorded, fact: events.DatasetCounted) -> None:
    rows.merge(
        plain(DatasetCount)(
            **fact.model_dump(exclude={"statistics"}),
            statistics_json=json.dumps(fact.statistics),
            counted_at=event.occurred,
        )
    )
    version = rows.get(DatasetVersion, fact.version)
    if version is not None:
        version.tokens = fact.tokens


def _checked(rows: Rows, event: Recorded, fact: events.DatasetChecked) -> None:
    rows.merge(
        plain(DatasetCheck)(
            version=fact.version,
            method=fact.method,
            model=fact.model or "",
            errors=fact.errors,
            warnings=fact.warnings,
            rules_json=json.dumps(fact.rules),
            report_json=json.dumps(fact.report),
            checked_at=event.occurred,
        )
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


FOLDS: dict[type[Fact], Fold] = {
    events.DatasetVersionRecorded: _version_recorded,
    events.DatasetSplit: _split,
    events.DatasetCounted: _counted,
    events.DatasetChecked: _checked,
}
