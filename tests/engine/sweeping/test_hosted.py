"""Sweeps at a hosted service: what they cost, and that each trial is created there once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from engine.errors import LimitError, RequestError
from engine.planning import TrainingRequest
from engine.poller import Poller
from engine.sweeping.plan import SweepWish
from engine.sweeping.planning import plan
from engine.sweeping.space import Axis, Choice, Range
from engine.sweeping.starting import complete, start
from engine.sweeping.subsets import Sizes
from store.queries import sweeps
from tests.engine.providers.hosted.conftest import MODEL, lab, standin

if TYPE_CHECKING:
    from engine.lab import Lab
    from tests.standin.standin import Standin

__all__ = ["lab", "standin"]


def _wish(
    axes: dict[str, Axis] | None = None, *, limit: float | None = None, draws: int | None = None
) -> SweepWish:
    request = TrainingRequest("sums", MODEL, provider="openai", max_cost=limit)
    return SweepWish(request, {"epochs": Choice((1, 2, 3))} if axes is None else axes, draws)


def _until(condition: Callable[[], bool], act: Callable[[], object]) -> None:
    for _ in range(40):
        if condition():
            return
        act()
    raise AssertionError


def test_all_trials_are_submitted_once_by_whoever_polls_and_ranked(
    lab: Lab, standin: Standin
) -> None:
    standin.behaviour.looks_per_stage = 1
    planned = plan(lab, _wish(limit=5))
    costs = [trial.usd or 0.0 for trial in planned.trials]
    assert planned.usd == pytest.approx(sum(costs))
    assert costs[2] == pytest.approx(3 * costs[0])
    sweep = start(lab, planned)
    assert standin.jobs == []
    poller = Poller(lab)
    row = sweeps.sweep(lab.database.reader, sweep)
    _until(lambda: sweeps.sweep(lab.database.reader, sweep).ended == 3, poller.look)
    assert len(standin.jobs) == 3
    found = complete(lab, sweep)
    assert (found.sweep.status, row.max_cost) == ("done", 5)
    assert len(found.ranked) == 3
    assert {trial.settings["epochs"] for trial in found.ranked} == {1, 2, 3}


def test_what_costs_too_much_is_refused_with_how_many_would_fit(lab: Lab, standin: Standin) -> None:
    cost = plan(lab, _wish()).usd or 0.0
    head = lab.database.head()
    # Of 1 + 2 + 3 epochs, the first two fit into half.
    with pytest.raises(
        LimitError, match=r"3 trials would cost .* the 2 cheapest of them would fit"
    ):
        plan(lab, _wish(limit=cost / 2))
    with pytest.raises(LimitError, match="not one of them would fit"):
        plan(lab, _wish(limit=cost / 100))
    drawn: dict[str, Axis] = {"learning_rate_multiplier": Range(0.1, 2)}
    three = plan(lab, _wish(drawn, draws=3)).usd or 0.0
    with pytest.raises(LimitError, match="the first 2 of them would fit"):
        plan(lab, _wish(drawn, draws=3, limit=three * 0.7))
    assert lab.database.head() == head
    assert standin.jobs == []


def test_what_a_service_does_not_know_is_refused_before_anything_is_sent(lab: Lab) -> None:
    with pytest.raises(RequestError, match="no hyperparameter 'lora_rank'"):
        plan(lab, _wish({"lora_rank": Choice((8, 16))}))


def test_a_learning_curve_goes_through_all_its_parts_equally_often(lab: Lab) -> None:
    request = TrainingRequest("sums", MODEL, provider="openai", validation="sums")
    found = plan(lab, SweepWish(request, sizes=Sizes((50, 100), percent=True)))
    half, whole = found.trials
    assert half.plan.hyperparameters == whole.plan.hyperparameters
    assert half.plan.hyperparameters["n_epochs"] >= 1
    assert half.usd == pytest.approx((whole.usd or 0.0) / 2)
