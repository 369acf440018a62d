"""Facts about sweeps: one recipe, trained again and again with other settings."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, JsonValue

from store.events.fact import CONFIG, Fact

SweepMode = Literal["grid", "random", "learning_curve"]


class SweepTrial(BaseModel):
    """One training of a sweep: the `job` that was planned for it in the same transaction.

    `settings` are the values that it differs by; `examples` is how many it learns from.
    """

    model_config = CONFIG
    job: str
    settings: dict[str, JsonValue]
    examples: int


class SweepPlanned(Fact):
    """Somebody decided on a sweep; committed together with the plans of all its trials' jobs.

    `axes` are the values of each swept setting, or its bounds (`low`, `high`, `log`); `fixed` are
    the hyperparameters that all trials share. `dataset` and `validation` are ids of dataset
    versions, `recipe` is the SHA-256 of all that was asked for: who asks for the very same again
    goes on with it. `by` is the metric that ranks the trials; None means the evaluation loss, or
    the training loss where nothing is evaluated. `estimate` is what all trials would cost and
    `limit` what they may cost, in US dollars.
    """

    type_name = "SweepPlanned"
    id: str
    name: str
    mode: SweepMode
    provider: str
    base_model: str
    method: str
    dataset: str
    validation: str | None = None
    axes: dict[str, JsonValue]
    fixed: dict[str, JsonValue] = {}
    seed: int = 0
    by: str | None = None
    recipe: str
    estimate: float | None = None
    limit: float | None = None
    trials: list[SweepTrial]


class RankedTrial(BaseModel):
    """A trial that succeeded, with the `model` that it made and the `value` by which it ranks."""

    model_config = CONFIG
    job: str
    model: str | None = None
    value: float


class SweepCompleted(Fact):
    """Every trial has ended, with a model or without one.

    `ranking` has the best first, by the metric `by`; `unranked` are the jobs of the other trials.
    """

    type_name = "SweepCompleted"
    by: str
    ranking: list[RankedTrial]
    unranked: list[str] = []
