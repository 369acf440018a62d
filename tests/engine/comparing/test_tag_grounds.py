"""What spoke for a tag: recorded so that it can be shown as it was then."""

from __future__ import annotations

import pytest

from engine.errors import RequestError
from engine.lab import Lab
from engine.model_tags import Why, tag_model
from engine.tag_grounds import tag_grounds
from store.errors import NotFoundError
from store.queries.model_tags import tag_moves
from tests.engine.comparing.conftest import PlanJob, RegisterModel, evaluation
from tests.engine.comparing.evaluations import Evaluations, right, wrong


@pytest.fixture
def models(lab: Lab, register: RegisterModel, evaluations: Evaluations) -> Lab:
    """A model that got six of eight questions right, and one that got two."""
    for name, correct in (("old", 2), ("new", 6)):
        model = register(name)
        if correct == 2:
            suite = evaluations.suite("tickets", 8)
        evaluations.evaluate(suite, model, [right()] * correct + [wrong()] * (8 - correct))
    return lab


def test_a_comparison_in_a_suite_is_recorded_whole(models: Lab) -> None:
    head = models.database.head()
    [because] = tag_grounds(models, "new", ["old"])
    assert (because.other, because.name, because.head) == ("mdl_old", "old", head)
    assert (because.over, because.suite) == ("tickets@1", "suite_tickets1")
    figure = next(each for each in because.figures if each.label == "exact_match")
    assert (figure.value, figure.other, figure.difference, figure.rows) == (0.75, 0.25, 0.5, 8)
    assert (figure.wins, figure.ties, figure.losses) == (4, 4, 0)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < 0.5 < figure.high
    assert figure.p is not None
    assert 0 < figure.p <= 1
    tag_model(models, "new", ["prod"], why=Why("better", (because,)))
    [move] = tag_moves(models.database.reader, "mdl_new")
    assert move.because == (because.model_dump(),)


def test_one_suite_can_be_asked_for(models: Lab) -> None:
    assert [each.over for each in tag_grounds(models, "new", ["old"], "tickets")] == ["tickets@1"]
    with pytest.raises(NotFoundError):
        tag_grounds(models, "new", ["old"], "unknown")


def test_held_out_examples_count_where_both_were_evaluated_on_the_same(
    lab: Lab, plan_job: PlanJob, register: RegisterModel
) -> None:
    for name, loss in (("old", 2.0), ("new", 1.5)):
        job = plan_job(name, validation="ds_2")
        register(name, job, dataset="ds_1", after=evaluation(loss))
    [because] = tag_grounds(lab, "mdl_new", ["mdl_old"])
    assert because.suite is None
    assert because.over.startswith("held out: ")
    figure = next(each for each in because.figures if each.label == "loss")
    assert (figure.difference, figure.higher_is_better, figure.p) == (-0.5, False, None)


def test_what_cannot_be_compared_speaks_for_nothing(
    models: Lab, register: RegisterModel, evaluations: Evaluations
) -> None:
    register("fresh")
    evaluations.suite("smoke", 2)
    with pytest.raises(RequestError, match="`ftlab eval SUITE old fresh` does so"):
        tag_grounds(models, "fresh", ["old"])
    with pytest.raises(RequestError, match="were not both evaluated by smoke"):
        tag_grounds(models, "new", ["old"], "smoke")
    with pytest.raises(RequestError, match="cannot be compared with itself"):
        tag_grounds(models, "new", ["new"])
    with pytest.raises(NotFoundError):
        tag_grounds(models, "new", ["nobody"])
