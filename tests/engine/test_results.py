from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.lab import Lab
from engine.places import Places
from engine.results import Figures, Line, Measure, results, tables
from store.errors import NotFoundError
from store.events import (
    DatasetVersionRecorded,
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


def trained(
    lab: Lab,
    name: str,
    curves: dict[str, list[float]],
    *,
    base: str = "base",
    earlier: str | None = None,
    validation: str | None = None,
    **evaluations: Evaluation,
) -> None:
    """Record a model with its job; `earlier` is the model that it goes on from."""
    planned = JobPlanned(
        name=name,
        provider="local",
        base_model=base,
        method="lora",
        hyperparameters={},
        dataset="ds_train",
        validation=validation,
        options={} if earlier is None else {"from": f"mdl_{earlier}"},
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
        base_model=base,
        job=f"job_{name}",
        dataset="ds_train",
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
    assert row.measure == Measure(validation=None, examples=12, tokens="base")


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


def test_models_stand_together_where_their_figures_can_be_compared(lab: Lab) -> None:
    _dataset(lab, "companies", "ds_train")
    _dataset(lab, "questions/validation", "ds_asked")
    evaluated: dict[str, Any] = {"validation": "ds_asked", "before": BEFORE, "after": AFTER}
    trained(lab, "facts", {"loss": [0.5]}, base="tiny-t5")
    trained(lab, "answers", {"loss": [0.25]}, base="mdl_facts", earlier="facts", **evaluated)
    trained(lab, "again", {}, base="mdl_facts", earlier="facts", **evaluated)
    trained(lab, "other", {}, **evaluated)
    together, alone, unmeasured = tables(
        results(lab.database.reader, ["answers", "again", "other", "facts"])
    )
    tokens = ("tiny-t5", "companies@1")
    assert together.measure == Measure("questions/validation@1", 12, *tokens)
    before, after = Figures(2.0, 7.4, 0.25), Figures(1.0, 2.7, 0.5)
    assert together.lines == [
        Line("facts", "tiny-t5", 0.5, before),
        Line("answers", "facts", 0.25, after),
        Line("again", "facts", None, after),
    ]
    assert alone.measure == Measure("questions/validation@1", 12, "base")
    assert alone.lines == [Line("base", None, None, before), Line("other", "base", None, after)]
    assert unmeasured.measure == Measure(None, None, *tokens)


def test_what_was_measured_on_unknown_examples_is_compared_with_nothing(lab: Lab) -> None:
    for name in ("one", "two"):
        trained(lab, name, {"full_valid_loss": [2.0]})
    assert [len(table.lines) for table in tables(results(lab.database.reader))] == [1, 1]


def _dataset(lab: Lab, name: str, version: str) -> None:
    recorded = DatasetVersionRecorded(
        id=version,
        name=name,
        version=1,
        content="0" * 64,
        examples=12,
        messages=24,
        characters=100,
        bytes=200,
    )
    lab.log.append(f"dataset/{name}", recorded, expected=0)
