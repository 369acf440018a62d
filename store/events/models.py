"""Facts about model versions."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from store.events.fact import Fact
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


class ModelTagged(Fact):
    """Somebody gave a model a tag: a word by which it is found and put together with others."""

    type_name = "ModelTagged"
    tag: str


class ModelUntagged(Fact):
    """Somebody took a tag from a model."""

    type_name = "ModelUntagged"
    tag: str


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
