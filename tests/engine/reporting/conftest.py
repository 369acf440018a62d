"""Reports of two evaluated models, one of which answers with what a page must not obey."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from engine.comparing.comparison import compare
from engine.comparing.scores import score_tables
from engine.comparing.suites import suite_comparisons
from engine.lab import Lab
from engine.reporting.report import Command, Compared, Report, report
from engine.results import results
from engine.suites.prompts import Prompt
from store.events import JobPlanned, JobSucceeded, MetricGroup, MetricsRecorded, ModelRegistered
from tests.engine.comparing.evaluations import Evaluations, right, wrong

HOSTILE = (
    "</div><script>document.title = 'taken'</script><img src=http://example.com/x.png>\n"
    "    indented | *stars* `code` ~~gone~~\n# heading\n1. one\n"
    "\u202egnp.exe \x1b[31mred\x00 \u2028line \ud800half"
)
MODELS = ("prod", "<b>candidate</b>")

Reported = Callable[..., Report]


@pytest.fixture
def evaluated(lab: Lab) -> Lab:
    """Two jobs with models, evaluated by a suite of four prompts."""
    for key, name in zip(("1", "2"), MODELS, strict=True):
        _train(lab, key, name)
    prompts = [
        Prompt(
            ({"role": "user", "content": f"What is {n} + {n}?"},),
            (),
            {"role": "assistant", "content": f"It is {2 * n}."},
        )
        for n in range(4)
    ]
    # JSON has no half of a surrogate pair, and neither has the log.
    hostile = HOSTILE.replace("\ud800", "")
    evaluations = Evaluations(lab.log, lab.blobs)
    suite = evaluations.suite("sums", prompts)
    evaluations.evaluate(
        suite,
        "mdl_1",
        [right(f"It is {2 * n}, is it not?", cost=0.002, seconds=1.0) for n in range(4)],
        paid={"cost": 0.008, "judge_cost": 0.05},
    )
    answers = [wrong("It is 7, is it not?"), right("It is 2, is it not?"), wrong(hostile), right()]
    evaluations.evaluate(suite, "mdl_2", answers)
    return lab


def _train(lab: Lab, key: str, name: str) -> None:
    values = {"loss": [3.0 / step + int(key) / 10 for step in range(1, 31)]}
    lab.log.append(
        f"job/job_{key}",
        JobPlanned(
            name=name,
            provider="local",
            base_model="org/tiny",
            method="lora",
            hyperparameters={"learning_rate": int(key) * 1e-4},
            dataset="ds_1",
            model=f"mdl_{key}",
        ),
        MetricsRecorded(groups=[MetricGroup(steps=list(range(1, 31)), values=values)]),
        JobSucceeded(model=f"mdl_{key}", step=30),
    )
    lab.log.append(
        f"model/mdl_{key}",
        ModelRegistered(
            id=f"mdl_{key}",
            name=name,
            kind="adapter",
            base_model="org/tiny",
            job=f"job_{key}",
            hyperparameters={},
        ),
    )


@pytest.fixture
def reported() -> Reported:
    """Puts a report of what is in a lab together."""

    def make(lab: Lab, references: Sequence[str] = ("mdl_1", "mdl_2")) -> Report:
        reader = lab.database.reader
        found = compare(reader, references)
        models = [each.model.id for each in found.subjects if each.model is not None]
        compared = Compared(
            found,
            scores=score_tables([each.scores for each in found.subjects]),
            results=results(reader, models) if models else [],
            suites=suite_comparisons(reader, lab.blobs, found.subjects),
        )
        return report(reader, compared, Command(tuple(references), (), "out.html"))

    return make
