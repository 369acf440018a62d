"""Metrics as facts: columns of consecutive points."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from store.events.fact import CONFIG, Fact


class StepRange(BaseModel):
    """`count` steps from `first`, each `stride` after the one before."""

    model_config = CONFIG
    first: int
    count: Annotated[int, Field(ge=1)]
    stride: int = 1


class MetricGroup(BaseModel):
    """Columns of metrics that were logged together, at the same steps and times.

    Step, time (`after_ms[i]`, milliseconds after the event's `occurred`) and every
    `values[name][i]` with the same index belong to one point. `after_ms` is empty when the times
    are not known.
    """

    model_config = CONFIG
    steps: StepRange | Annotated[list[int], Field(min_length=1)]
    after_ms: list[int] = []
    values: dict[str, list[float]]

    def step_list(self) -> list[int]:
        """Return the step of each point."""
        if isinstance(self.steps, list):
            return self.steps
        first, stride = self.steps.first, self.steps.stride
        return [first + stride * index for index in range(self.steps.count)]

    def highest_step(self) -> int:
        """Return the greatest step of the group."""
        if isinstance(self.steps, list):
            return max(self.steps)
        return max(self.steps.first, self.steps.first + self.steps.stride * (self.steps.count - 1))

    @model_validator(mode="after")
    def _columns_are_even(self) -> MetricGroup:
        count = len(self.steps) if isinstance(self.steps, list) else self.steps.count
        if self.after_ms and len(self.after_ms) != count:
            raise ValueError(f"{len(self.after_ms)} times for {count} steps")
        for name, column in self.values.items():
            if len(column) != count:
                raise ValueError(f"metric {name!r} has {len(column)} values for {count} steps")
        return self


class MetricsRecorded(Fact):
    """A batch of consecutive points, as columns: a million points are a thousand events.

    `sources` are the ids of the provider's own events that the points were taken from.
    """

    type_name = "MetricsRecorded"
    schema_number = 2
    groups: Annotated[list[MetricGroup], Field(min_length=1)]
    sources: list[str] = []
