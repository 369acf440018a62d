"""Sweeps that nobody trains: what was measured is told by the tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.planning import TrainingRequest
from engine.sweeping.plan import SweepWish
from engine.sweeping.space import Choice
from engine.sweeping.standing import Trial
from store.events import (
    Evaluation,
    JobSubmitted,
    JobSucceeded,
    JobTakenFromQueue,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    StepRange,
)
from store.log import Write
from store.queries.jobs import JobSummary, job_detail
from store.queries.sweeps import trials

Wish = Callable[..., SweepWish]
Succeed = Callable[..., None]
Measured = Callable[..., list[Trial]]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder that looks like a model's as long as nobody loads it."""
    folder = tmp_path / "base"
    folder.mkdir()
    config = {"hidden_size": 32, "model_type": "llama", "architectures": ["LlamaForCausalLM"]}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def with_sums(lab: Lab, sums_file: Path) -> Lab:
    """A lab with the dataset `sums`, of sixty examples."""
    lab.datasets.add(Source(sums_file), "sums")
    return lab


@pytest.fixture
def wish(base: Path) -> Wish:
    """Makes a wish of two learning rates and two batch sizes, or of what is given."""

    def make(*, request: Mapping[str, Any] | None = None, **given: Any) -> SweepWish:  # noqa: ANN401 - a wish's fields
        asked = {"dataset": "sums", "base_model": str(base), "hyperparameters": {"epochs": 1.0}}
        axes = {"learning_rate": Choice((1e-3, 1e-2)), "batch_size": Choice((2, 4))}
        return SweepWish(
            TrainingRequest(**(asked | dict(request or {}))), **({"axes": axes} | given)
        )

    return make


@pytest.fixture
def succeed() -> Succeed:
    """Records that the trials of a sweep ended with these evaluation losses; None for none."""

    def end(lab: Lab, sweep: str, losses: Sequence[float | None]) -> None:
        rows = trials(lab.database.reader, sweep)
        for row, loss in zip(rows, losses, strict=False):
            detail = job_detail(lab.database.reader, row.job)
            if detail.provider == "local":
                lab.log.append(f"job/{row.job}", JobTakenFromQueue())
            model = str(detail.model)
            curve = MetricGroup(steps=StepRange(first=1, count=2), values={"loss": [3.0, 2.0]})
            after = None if loss is None else Evaluation(loss=loss, perplexity=2.0, examples=5)
            registered = ModelRegistered(
                id=model,
                name=detail.name,
                kind="adapter",
                base_model=detail.base_model,
                job=row.job,
                dataset=detail.dataset,
                hyperparameters={},
                after=after,
            )
            done = (
                JobSubmitted(remote_id="1"),
                MetricsRecorded(groups=[curve]),
                JobSucceeded(model=model, after=after),
            )
            lab.log.append_all(
                [Write(f"job/{row.job}", done), Write(f"model/{model}", [registered])]
            )

    return end


@pytest.fixture(scope="session")
def measured() -> Measured:
    """Makes ranked trials of settings and what was measured with them."""

    def make(*found: tuple[Mapping[str, Any], float], examples: Sequence[int] = ()) -> list[Trial]:
        counts = examples or [1] * len(found)
        return [
            Trial(number, dict(settings), counts[number - 1], _job(number), None, value, number)
            for number, (settings, value) in enumerate(found, start=1)
        ]

    return make


def _job(number: int) -> JobSummary:
    moment = "2026-11-21T12:00:00.000000Z"
    words = (f"job_{number}", f"t-{number}", "local", "base", "succeeded")
    return JobSummary(*words, 1, 1, None, moment, None, None, moment)
