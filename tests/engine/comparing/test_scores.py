"""Evaluations of jobs and models, put together by what can be compared."""

from __future__ import annotations

from engine.comparing.scores import ScoreTable, score_tables
from engine.comparing.subjects import subjects
from engine.lab import Lab
from engine.results import Figures
from tests.engine.comparing.conftest import AddVersion, PlanJob, RegisterModel, evaluation


def _tables(lab: Lab, *names: str) -> list[ScoreTable]:
    return score_tables([each.scores for each in subjects(lab.database.reader, names)])


def test_models_of_one_measure_are_in_one_table_and_the_best_is_marked(
    lab: Lab, plan_job: PlanJob, register: RegisterModel, add_version: AddVersion
) -> None:
    held_out = add_version("held-out", 1, ["1"])
    for name, after in (("a", evaluation(0.9, 0.5)), ("b", evaluation(0.8, 0.4))):
        job = plan_job(name, validation=held_out)
        register(name, job, before=evaluation(1.5), after=after)
    [table] = _tables(lab, "a", "b")
    assert (table.measure.validation, table.measure.examples) == ("held-out@1", 20)
    found = {each.name: (each.values, sorted(each.best)) for each in table.scores}
    assert found == {
        "loss, before": ((1.5, 1.5), []),
        "loss": ((0.9, 0.8), [1]),
        "perplexity, before": ((2.0, 2.0), []),
        "perplexity": ((2.0, 2.0), []),
        "accuracy": ((0.5, 0.4), [0]),
    }


def test_other_examples_or_tokens_are_another_table(
    lab: Lab, plan_job: PlanJob, register: RegisterModel, add_version: AddVersion
) -> None:
    first, second = add_version("held-out", 1, ["1"]), add_version("held-out", 2, ["2"])
    for name, validation, base in (("a", first, "tiny"), ("b", second, "tiny"), ("c", first, "x")):
        job = plan_job(name, validation=validation, base_model=base)
        register(name, job, base_model=base, before=evaluation(1.0), after=evaluation(0.5))
    tables = _tables(lab, "a", "b", "c")
    assert [(each.measure.validation, each.measure.tokens) for each in tables] == [
        ("held-out@1", "tiny"),
        ("held-out@2", "tiny"),
        ("held-out@1", "x"),
    ]
    assert tables[1].scores[1].values == (None, 0.5, None)
    assert not tables[1].scores[1].best


def test_a_job_that_made_no_model_has_the_figures_of_its_training(
    lab: Lab, plan_job: PlanJob, add_version: AddVersion
) -> None:
    losses = {"eval_loss": [1.5, 1.0, 1.1], "eval_accuracy": [0.1, 0.2, 0.3]}
    plan_job("a", losses, [0, 8, 16], validation=add_version("held-out", 1, ["1"]))
    plan_job("b", {"loss": [1.0]})
    found = subjects(lab.database.reader, ["a", "b"])
    assert found[1].scores is None
    scores = found[0].scores
    assert scores is not None
    assert scores.before == Figures(1.5, None, 0.1)
    assert scores.after == Figures(1.1, None, 0.3)
    [table] = score_tables([each.scores for each in found])
    assert not table.models
    assert (table.measure.validation, table.measure.examples) == ("held-out@1", None)
    assert table.steps == (16, None)


def test_a_job_that_made_no_model_stands_beside_models_and_is_not_the_best(
    lab: Lab, plan_job: PlanJob, register: RegisterModel, add_version: AddVersion
) -> None:
    held_out = add_version("held-out", 1, ["1"])
    for name, after in (("a", evaluation(0.9)), ("b", evaluation(0.8))):
        register(name, plan_job(name, validation=held_out), before=evaluation(1.5), after=after)
    plan_job("early", {"eval_loss": [1.5, 0.1]}, [0, 4], validation=held_out)
    plan_job("begun", {"eval_loss": [1.5]}, [0], validation=held_out)
    [table] = _tables(lab, "early", "a", "b", "begun")
    assert table.measure.examples == 20
    assert table.steps == (4, None, None, 0)
    assert table.models == {1, 2}
    found = {each.name: (each.values, sorted(each.best)) for each in table.scores}
    assert found["loss, before"] == ((1.5, 1.5, 1.5, 1.5), [])
    assert found["loss"] == ((0.1, 0.9, 0.8, None), [2])


def test_what_was_never_evaluated_is_in_no_table(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    register("a", plan_job("a"))
    assert _tables(lab, "a") == []
