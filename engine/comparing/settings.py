"""What was settled for jobs and models: by whom, on what, how, and where they ran."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from store.times import from_text

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from store.queries.datasets import DatasetRow
    from store.queries.jobs import JobDetail

Topic = Literal["plan", "data", "hyperparameters", "environment", "course"]
Value = str | int | float | bool | None

TOPICS: tuple[Topic, ...] = get_args(Topic)
"""What settings are about, in the order in which they are told."""

_NO_FIELDS = ("command", "folder", "seeds")
_NO_OPTIONS = ("from",)
"""What the lineage tells already."""

_OF_ANY_MODEL = ("provider", "base_model", "cost")
"""What can be held against a model that nobody trained here, too."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that was settled, or came of it.

    Attributes:
        topic: what it is about.
        name: what it is called.
        values: what it is for each of what is compared; None where it says nothing.
        untrained: the places of models that ftlab did not train: of these there is nothing to
            tell.
    """

    topic: Topic
    name: str
    values: tuple[Value, ...]
    untrained: frozenset[int] = frozenset()

    @property
    def differs(self) -> bool:
        """Whether it is not the same for all that it was settled for."""
        return len(set(self._settled)) > 1

    @property
    def is_alone(self) -> bool:
        """Whether it was settled for one of them only, because the others were not trained."""
        return len(self._settled) == 1 < len(self.values)

    @property
    def _settled(self) -> list[tuple[bool, Value]]:
        """What it is wherever it could be; True is not 1."""
        return [
            (type(value) is bool, value)
            for place, value in enumerate(self.values)
            if place not in self.untrained
        ]


def settings(compared: Sequence[Subject]) -> list[Setting]:
    """Return everything that was settled for any of them, topic by topic."""
    found = [_topics(each) for each in compared]
    others = frozenset(place for place, each in enumerate(compared) if each.other is not None)
    rows = []
    for topic in TOPICS:
        names = dict.fromkeys(name for each in found for name in each[topic])
        rows += [
            Setting(
                topic,
                name,
                tuple(each[topic].get(name) for each in found),
                frozenset() if name in _OF_ANY_MODEL else others,
            )
            for name in names
        ]
    return rows


def _topics(of: Subject) -> dict[Topic, dict[str, Value]]:
    return {
        "plan": _known(_plan(of)),
        "data": _known(_data(of)),
        "hyperparameters": _known(_hyperparameters(of)),
        "environment": _known({} if of.job is None else _environment(of.job)),
        "course": _known({} if of.job is None else _course(of.job)),
    }


def _known(values: dict[str, Any]) -> dict[str, Value]:
    """Return what is settled, as plain values: what is made of several is told as JSON."""
    return {
        name: value if isinstance(value, str | int | float) else json.dumps(value)
        for name, value in values.items()
        if value is not None
    }


def _plan(of: Subject) -> dict[str, Any]:
    if of.other is not None:
        # A model that nobody trained here is what others may have been made of.
        provider, _, name = of.other.recorded_as.partition("/")
        return {"provider": provider, "base_model": name or None}
    source = of.job or of.model
    found: dict[str, Any] = {
        "provider": source.provider if source else None,
        "base_model": of.lineage[0] if of.lineage else None,
        "goes_on_from": of.lineage[-1] if len(of.lineage) > 1 else None,
    }
    if of.job is not None:
        found |= {"method": of.job.method or None, "seed": of.job.seed}
        options = json.loads(of.job.options_json)
        found |= {name: value for name, value in options.items() if name not in _NO_OPTIONS}
    return found


def _data(of: Subject) -> dict[str, Any]:
    learned_from = of.job.dataset if of.job else of.model.dataset if of.model else None
    training_file, validation_file = (
        (None, None) if of.job is None else (of.job.training_file, of.job.validation_file)
    )
    validation = of.job.validation if of.job else None
    return {
        "dataset": _called(of.data) or learned_from or training_file,
        "examples": of.data.examples if of.data else None,
        "validation": _called(of.validation) or validation or validation_file,
        "examples_in_validation": of.validation.examples if of.validation else None,
    }


def _called(version: DatasetRow | None) -> str | None:
    return None if version is None else f"{version.name}@{version.version}"


def _hyperparameters(of: Subject) -> dict[str, Any]:
    source = of.job or of.model
    found: dict[str, Any] = {} if source is None else json.loads(source.hyperparameters_json)
    return found


def _environment(job: JobDetail) -> dict[str, Any]:
    report = json.loads(job.report_json or "{}")
    if not isinstance(report, dict):
        return {}
    found = report.get("environment")
    told = found if isinstance(found, dict) else {}
    scalars = {
        name: value
        for name, value in told.items()
        if name not in _NO_FIELDS and isinstance(value, str | int | float)
    }
    if scalars.get("seed") == job.seed:
        del scalars["seed"]  # The plan tells it.
    device = report.get("device")
    return ({"device": device} if isinstance(device, str) else {}) | scalars


def _course(job: JobDetail) -> dict[str, Any]:
    return {
        "status": job.status,
        "steps": job.step or None,
        "steps_planned": job.total_steps,
        "attempts": job.attempt,
        "tokens_trained": job.trained_tokens,
        "seconds": _seconds(job),
        "cost": job.cost,
        "cost_estimated": job.estimate,
    }


def _seconds(job: JobDetail) -> int | None:
    """Return how long it took, or has taken up to its last news."""
    if job.started_at is None:
        return None
    end = from_text(job.ended_at or job.updated_at)
    return max(0, round((end - from_text(job.started_at)).total_seconds()))
