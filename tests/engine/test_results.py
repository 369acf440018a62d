from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.lab import Lab
from engine.places import Places
from engine.results import Figures, results
from store.errors import NotFoundError
from store.events import (
    Evaluation,
    JobPlanned,
    MetricGroup,
    MetricsRecorded,
    ModelRegistered,
    StepRange,
)
from store.log import Write

BEFORE = Evaluation(loss=2.0, perplexity=7.4, examples=12, accuracy=0.25)
AFTER = Evaluation(loss=1.0, perplexity=2.7, examples=12, accuracy=0.5)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    opened = Lab(Places.find(home=tmp_path), role="test")
    yield opened
    opened.close()


def trained(lab: Lab, name: str, curves: dict[str, list[float]], **evaluations: Evaluation) -> None:
    planned = JobPlanned(
        name=name,
        provider="local",
        base_model="base",
        method="lora",
        hyperparameters={},
        dataset="ds_1",
    )
    points = [
        MetricGroup(
            steps=StepRange(first=1, count=len(values), stride=1),
            after_ms=[0] * len(values),
            values={curve: values},
        )
        for curve, values in curves.items()
    ]
    facts = [planned, MetricsRecorded(groups=points)] if points else [planned]
    lab.log.append_all([Write(f"job/job_{name}", facts)])
    made = ModelRegistered(
        id=f"mdl_{name}",
        name=name,
        kind="adapter",
        base_model="base",
        job=f"job_{name}",
        hyperparameters={},
        **evaluations,
    )
    lab.log.append(f"model/mdl_{name}", made, expected=0)


def test_a_local_model_is_told_by_its_curve_and_its_evaluations(lab: Lab) -> None:
    losses = [9.0] * 18 + [1.0, 2.0]
    trained(lab, "facts", {"loss": losses, "eval_loss": [5.0]}, before=BEFORE, after=AFTER)
    [row] = results(lab.database.reader)
    assert row.training_loss == 1.5
    assert row.evaluation == Figures(1.0, 2.7, 0.5)
    assert row.before == Figures(2.0, 7.4, 0.25)
    assert row.examples == 12


def test_a_hosted_model_is_told_by_its_validation_curves(lab: Lab) -> None:
    curves = {
        "train_loss": [3.0],
        "full_valid_loss": [4.0, 2.0],
        "valid_loss": [7.0],
        "full_valid_mean_token_accuracy": [0.25, 0.75],
    }
    trained(lab, "hosted", curves)
    [row] = results(lab.database.reader)
    assert row.training_loss == 3.0
    assert row.evaluation == Figures(2.0, math.exp(2.0), 0.75)
    assert row.before == Figures(None, None, None)


def test_models_are_told_in_the_order_in_which_they_are_named(lab: Lab) -> None:
    trained(lab, "one", {})
    trained(lab, "two", {})
    rows = results(lab.database.reader, ["mdl_one", "two"])
    assert [(row.model, row.training_loss) for row in rows] == [("one", None), ("two", None)]
    with pytest.raises(NotFoundError):
        results(lab.database.reader, ["three"])
