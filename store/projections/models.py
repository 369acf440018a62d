"""Folding model streams into model versions."""

from __future__ import annotations

import json

from store import events
from store.events import Fact
from store.projections.fold import Fold, subject
from store.projections.rows import Rows
from store.projections.shapes import plain
from store.recorded import Recorded
from store.tables import Model, ModelTag


def _registered(rows: Rows, event: Recorded, fact: events.ModelRegistered) -> None:
    before, after = fact.before, fact.after
    rows.add(
        plain(Model)(
            **fact.model_dump(exclude={"hyperparameters", "before", "after"}),
            hyperparameters_json=json.dumps(fact.hyperparameters),
            loss_before=before.loss if before else None,
            loss_after=after.loss if after else None,
            perplexity_before=before.perplexity if before else None,
            perplexity_after=after.perplexity if after else None,
            accuracy_before=before.accuracy if before else None,
            accuracy_after=after.accuracy if after else None,
            evaluated_examples=after.examples if after else None,
            registered_at=event.occurred,
        )
    )


def _retirement(rows: Rows, event: Recorded, fact: events.ModelRetirementAnnounced) -> None:
    if model := rows.get(Model, subject(event)):
        model.retires_on = fact.date


def _tagged(rows: Rows, event: Recorded, fact: events.ModelTagged) -> None:
    model = subject(event)
    if rows.get(ModelTag, (model, fact.tag)) is None:
        rows.add(plain(ModelTag)(model=model, tag=fact.tag, tagged_at=event.occurred))


def _untagged(rows: Rows, event: Recorded, fact: events.ModelUntagged) -> None:
    if tag := rows.get(ModelTag, (subject(event), fact.tag)):
        rows.delete(tag)


def _gone(rows: Rows, event: Recorded, fact: events.ModelGone) -> None:
    _end(rows, event, fact.reason)


def _deleted(rows: Rows, event: Recorded, _fact: events.ModelDeleted) -> None:
    _end(rows, event, "deleted")


def _end(rows: Rows, event: Recorded, reason: str) -> None:
    if model := rows.get(Model, subject(event)):
        model.gone_at = event.occurred
        model.gone_reason = reason


FOLDS: dict[type[Fact], Fold] = {
    events.ModelRegistered: _registered,
    events.ModelRetirementAnnounced: _retirement,
    events.ModelTagged: _tagged,
    events.ModelUntagged: _untagged,
    events.ModelGone: _gone,
    events.ModelDeleted: _deleted,
}
