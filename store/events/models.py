"""Facts about model versions."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from store.events.fact import Fact
from store.events.jobs import Evaluation


class ModelRegistered(Fact):
    """A model version exists, with its lineage. `path` is relative to the data directory."""

    type_name = "ModelRegistered"
    id: str
    name: str
    kind: Literal["adapter", "full", "hosted"]
    base_model: str
    job: str
    dataset: str
    hyperparameters: dict[str, JsonValue]
    path: str | None = None
    before: Evaluation | None = None
    after: Evaluation | None = None
