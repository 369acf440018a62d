"""Which fine-tuned models die when, and what is left of them here."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.base_models import EMBEDDED
from engine.errors import LabError, RequestError
from engine.planning import LOCAL, Plan, TrainingRequest, plan
from engine.providers.hosted.equivalents import local_hyperparameters
from store.queries import models as queries
from store.queries.datasets import dataset
from store.queries.models import ModelRow

if TYPE_CHECKING:
    from engine.lab import Lab


@dataclass(frozen=True, slots=True)
class Retirement:
    """A hosted fine-tuned model and its end.

    Attributes:
        model: its id here.
        name: what its provider calls it.
        provider: the profile.
        base_model: what it was trained from.
        retires_on: the day (YYYY-MM-DD) on which it shuts down; None if none is announced.
        days_left: until then; negative if it is over.
        source: who says so: the provider, or ftlab's figures of its base model.
        gone: why it is no more, if it is.
        trained_on: the dataset version, `name@version`, if it is kept here.
        recreate: the command that rebuilds it on this machine; None if its data is not here.
    """

    model: str
    name: str
    provider: str
    base_model: str
    retires_on: str | None
    days_left: int | None
    source: str | None
    gone: str | None
    trained_on: str | None
    recreate: str | None

    @property
    def is_rescued(self) -> bool:
        """Whether what it was trained on is kept here."""
        return self.trained_on is not None


def retirements(lab: Lab, today: date) -> list[Retirement]:
    """Return the hosted models, those that die first at the top."""
    from engine.pricing.catalogue import catalogue

    prices = catalogue(lab.places.prices)
    found = []
    for row in queries.model_list(lab.database.reader):
        if row.kind != "hosted":
            continue
        figures = prices.get(row.base_model)
        known = figures.retires if figures is not None else None
        if row.retires_on is not None:
            found.append(_retirement(lab, row, row.retires_on, row.provider, today))
        elif known is not None:
            source = f"{known.source.title}, {known.source.date}"
            found.append(_retirement(lab, row, known.value.isoformat(), source, today))
        else:
            found.append(_retirement(lab, row, None, None, today))
    return sorted(found, key=lambda model: (model.retires_on or "9999", model.name))


def _retirement(
    lab: Lab, row: ModelRow, day: str | None, source: str | None, today: date
) -> Retirement:
    trained_on = None
    if row.dataset is not None:
        version = dataset(lab.database.reader, row.dataset)
        trained_on = f"{version.name}@{version.version}"
    return Retirement(
        model=row.id,
        name=row.name,
        provider=row.provider,
        base_model=row.base_model,
        retires_on=day,
        days_left=_days(day, today),
        source=source,
        gone=row.gone_reason,
        trained_on=trained_on,
        recreate=_command(row) if trained_on is not None else None,
    )


def _days(day: str | None, today: date) -> int | None:
    try:
        return None if day is None else (date.fromisoformat(day) - today).days
    except ValueError:
        return None


def _command(row: ModelRow) -> str:
    words = ["ftlab", "models", "recreate", row.name, "--provider", LOCAL, "--model", EMBEDDED]
    return shlex.join(words)


def plan_recreation(
    lab: Lab, reference: str, provider: str, base_model: str, changes: dict[str, Any]
) -> Plan:
    """Plan a job that rebuilds a model from its own data and hyperparameters, as near as they come.

    Args:
        lab: where the model is recorded.
        reference: the model.
        provider: where to train.
        base_model: what to train.
        changes: hyperparameters that shall be others.

    Raises:
        NotFoundError: if there is no such model.
        LabError: if what it was trained on is not kept here.
    """
    row = queries.model(lab.database.reader, reference)
    if row.dataset is None:
        raise LabError(
            f"what {row.name} was trained on is not kept here: `ftlab import {row.provider}` takes "
            "it in while it is still there"
        )
    if row.kind != "hosted":
        raise RequestError(f"{row.name} was trained on this machine: `ftlab jobs retry` repeats it")
    hosted = json.loads(row.hyperparameters_json)
    examples = dataset(lab.database.reader, row.dataset).examples
    given = local_hyperparameters(hosted, examples) if provider == LOCAL else hosted
    request = TrainingRequest(
        dataset=row.dataset,
        base_model=base_model,
        provider=provider,
        hyperparameters=given | changes,
    )
    planned = plan(lab, request)
    return replace(planned, options={**planned.options, "recreates": row.id})
