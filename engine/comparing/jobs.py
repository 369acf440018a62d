"""What differs between jobs: in what was planned, where they ran, and how they did."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from store.queries.jobs import JobDetail, job_detail
from store.queries.metrics import SeriesSummary, series_list
from store.times import from_text

_HIGHER_IS_BETTER = ("accuracy", "reward", "tokens_per_second", "gpu_utilization")
_LOWER_IS_BETTER = ("loss", "perplexity", "seconds", "memory")
_PLAN = ("provider", "base_model", "method", "seed")
_NO_FIELDS = ("command", "folder", "seeds")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was settled for jobs.

    Attributes:
        name: what it is called.
        values: what it is for each job, as text; None where it says nothing.
    """

    name: str
    values: tuple[str | None, ...]

    @property
    def differs(self) -> bool:
        """Whether it is not the same for all."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of jobs.

    Attributes:
        name: the metric, with what of it (`last`, `best`).
        values: its value for each job; None where there is none.
        best: the places of the best values; none where it is not known what is better, or all are
            the same.
    """

    name: str
    values: tuple[float | None, ...]
    best: frozenset[int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Jobs beside each other.

    Attributes:
        jobs: what is compared.
        settings: what was settled for them, whether it differs or not.
        metrics: what was measured.
    """

    jobs: tuple[JobDetail, ...]
    settings: tuple[Difference, ...]
    metrics: tuple[Measured, ...]

    @property
    def differences(self) -> list[Difference]:
        """What is not the same for all."""
        return [setting for setting in self.settings if setting.differs]


def compare_jobs(connection: sqlite3.Connection, jobs: Sequence[str]) -> Comparison:
    """Put jobs beside each other.

    Args:
        connection: where to read.
        jobs: their ids, names or beginnings.

    Raises:
        NotFoundError: if there is no such job.
    """
    details = tuple(job_detail(connection, job) for job in jobs)
    settled = [_settings(detail) for detail in details]
    names = dict.fromkeys(name for settings in settled for name in settings)
    settings = tuple(Difference(name, tuple(each.get(name) for each in settled)) for name in names)
    summaries = [
        {summary.name: summary for summary in series_list(connection, detail.id)}
        for detail in details
    ]
    return Comparison(details, settings, tuple(_metrics(summaries)))


def _settings(detail: JobDetail) -> dict[str, str]:
    """Return everything that was settled for a job, by name."""
    found: dict[str, Any] = {name: getattr(detail, name) for name in _PLAN}
    named = detail.dataset_name is not None
    found["dataset"] = (
        f"{detail.dataset_name}@{detail.dataset_version}" if named else detail.dataset
    )
    found["validation"] = detail.validation
    found["examples"] = detail.examples
    found |= json.loads(detail.hyperparameters_json)
    found["steps"] = detail.total_steps
    found |= _surroundings(detail)
    found["status"] = detail.status
    found["time"] = _seconds(detail)
    found["cost"] = detail.cost if detail.cost is not None else detail.estimate
    return {name: _text(value) for name, value in found.items() if value is not None}


def _surroundings(detail: JobDetail) -> dict[str, Any]:
    report = json.loads(detail.report_json or "{}")
    found = report.get("environment") if isinstance(report, dict) else None
    if not isinstance(found, dict):
        return {}
    return {
        name: value
        for name, value in found.items()
        if name not in _NO_FIELDS and isinstance(value, str | int | float | bool)
    }


def _seconds(detail: JobDetail) -> int | None:
    if detail.started_at is None or detail.ended_at is None:
        return None
    return round((from_text(detail.ended_at) - from_text(detail.started_at)).total_seconds())


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return value if isinstance(value, str) else json.dumps(value)


def _metrics(summaries: Sequence[dict[str, SeriesSummary]]) -> list[Measured]:
    names = sorted({name for found in summaries for name in found}, key=_rank)
    measured = []
    for name in names:
        better = _better(name)
        found = [each.get(name) for each in summaries]
        last = tuple(None if summary is None else summary.last for summary in found)
        measured.append(Measured(f"{name}, last", last, _best(last, better)))
        if better:
            best = tuple(_extreme(summary, better) for summary in found)
            measured.append(Measured(f"{name}, best", best, _best(best, better)))
    return measured


def _rank(name: str) -> tuple[bool, bool, str]:
    """Losses come first, those of an evaluation before those of training."""
    return "loss" not in name, not name.startswith(("eval", "valid", "full_valid")), name


def _better(name: str) -> int:
    """Return -1 if lower values of a metric are better, 1 if higher ones are, 0 if nobody knows."""
    if any(word in name for word in _HIGHER_IS_BETTER):
        return 1
    return -1 if any(word in name for word in _LOWER_IS_BETTER) else 0


def _extreme(summary: SeriesSummary | None, better: int) -> float | None:
    if summary is None:
        return None
    return summary.low if better < 0 else summary.high


def _best(values: Sequence[float | None], better: int) -> frozenset[int]:
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not better or len(set(known)) < 2:
        return frozenset()
    wanted = max(known) if better > 0 else min(known)
    return frozenset(place for place, value in enumerate(values) if value == wanted)
