"""Facts about model versions."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, JsonValue

from store.events.fact import CONFIG, Fact
from store.events.jobs import Evaluation


class ModelRegistered(Fact):
    """A model version exists, with its lineage as far as it is known.

    `path` is relative to the data directory; a hosted model has none but a `remote_id`, its name at
    the `provider`.
    """

    type_name = "ModelRegistered"
    schema_number = 3
    id: str
    name: str
    kind: Literal["adapter", "full", "hosted"]
    base_model: str
    job: str | None = None
    dataset: str | None = None
    hyperparameters: dict[str, JsonValue]
    path: str | None = None
    before: Evaluation | None = None
    after: Evaluation | None = None
    provider: str = "local"
    remote_id: str | None = None


class ModelRetirementAnnounced(Fact):
    """A provider said when a hosted model shuts down (YYYY-MM-DD), or that it no longer will.

    `base_model` is the model whose date it is, where the model itself was given none.
    """

    type_name = "ModelRetirementAnnounced"
    date: str | None
    base_model: str | None = None


class TagFigure(BaseModel):
    """A figure of two models: of the one that got a tag, and of the one that it was held against.

    `difference` is that of the tagged one minus the other's, on the `rows` that both have, with its
    95% interval from `low` to `high` and its p-value, where those are known. `wins`, `ties` and
    `losses` count the rows that the tagged one did better, as well, and worse.
    """

    model_config = CONFIG
    label: str
    higher_is_better: bool | None
    value: float | None
    other: float | None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    rows: int | None = None
    wins: int | None = None
    ties: int | None = None
    losses: int | None = None


class TagComparison(BaseModel):
    """What was known of two models when one of them got a tag for it, to be shown as it was then.

    `other` is what the tagged model was held against: a model version or a job by its id, `name`
    what that was called. The log had been read up to `head`. `suite` is the id of the suite version
    that both were evaluated by; None of figures on held-out examples. `over` names either.
    """

    model_config = CONFIG
    other: str
    name: str
    head: int
    over: str
    suite: str | None = None
    figures: list[TagFigure]


class ModelTagged(Fact):
    """Somebody gave a model a tag: a word by which it is found and put together with others.

    `moved_from` are the ids of the models that lost it to this one; `because` are the comparisons
    that spoke for it.
    """

    type_name = "ModelTagged"
    schema_number = 2
    tag: str
    reason: str | None = None
    moved_from: list[str] = []
    because: list[TagComparison] = []


class ModelUntagged(Fact):
    """Somebody took a tag from a model; `moved_to` is the id of the model that has it instead."""

    type_name = "ModelUntagged"
    schema_number = 2
    tag: str
    reason: str | None = None
    moved_to: str | None = None


class ModelGone(Fact):
    """A provider no longer knows a hosted model."""

    type_name = "ModelGone"
    reason: str


class ModelDeletionRequested(Fact):
    """Somebody asked for a model to be deleted; committed before anything is deleted."""

    type_name = "ModelDeletionRequested"


class ModelDeleted(Fact):
    """A model was deleted because somebody asked for it."""

    type_name = "ModelDeleted"
