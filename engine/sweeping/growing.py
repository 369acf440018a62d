"""The trials of a learning curve: one recipe on growing parts of the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.errors import RequestError
from engine.planning import LOCAL
from engine.sweeping.trials import planned, suffix_of, trial_of

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.planning import Plan, TrainingRequest
    from engine.sweeping.plan import SweepWish, TrialPlan

_OVER_EPOCHS_ONLY = "max_steps"


def growing(lab: Lab, wish: SweepWish, name: str, limit: float | None) -> list[TrialPlan]:
    """Plan a training for each part of the data, as far as that can be said before it is drawn.

    Raises:
        RequestError: if nothing is held out to evaluate on, or the parts would differ by more than
            their sizes.
    """
    request = wish.request
    _refuse_uneven(wish)
    whole = planned(lab, request, limit)
    if whole.validation is None:
        raise RequestError(
            "a learning curve is of examples that were held out, always the same: name them with "
            "--validation DS, or split the dataset first (`ftlab data split`)"
        )
    shared = replace(
        whole.request,
        dataset=whole.dataset.id,
        validation=whole.validation.id,
        hyperparameters=_of_all_sizes(whole),
    )
    assert wish.sizes is not None  # noqa: S101 - the mode says so
    return [
        _scaled(lab, whole, replace(shared, suffix=suffix_of(request, trial)), trial, count)
        for count in wish.sizes.counts(whole.dataset.examples)
        if (trial := f"{name}-{count}")
    ]


def _refuse_uneven(wish: SweepWish) -> None:
    """Refuse what would make the losses of the parts say something else than how many there were.

    Raises:
        RequestError: naming it.
    """
    from engine import base_models

    request = wish.request
    if wish.axes or wish.draws is not None:
        raise RequestError(
            "a learning curve changes the data alone: leave --grid, --random and --range out"
        )
    if request.hyperparameters.get(_OVER_EPOCHS_ONLY) is not None:
        raise RequestError(
            "a learning curve trains each part for the same number of epochs: leave --max-steps "
            "out, name --epochs"
        )
    if request.base_model in base_models.FROM_SCRATCH:
        raise RequestError(
            f"{request.base_model} makes its tokens of the examples that it learns from, so that "
            "losses of different parts cannot be compared: take another model"
        )


def _of_all_sizes(whole: Plan) -> dict[str, Any]:
    """Return the hyperparameters of the whole, those too that would be settled by its size."""
    settled = {name: value for name, value in whole.hyperparameters.items() if value is not None}
    if whole.request.provider != LOCAL and not isinstance(settled.get("n_epochs"), int):
        from engine.pricing.epochs import default_epochs

        known = whole.estimate
        settled["n_epochs"] = known.epochs if known else default_epochs(whole.dataset.examples)
    return settled


def _scaled(lab: Lab, whole: Plan, request: TrainingRequest, name: str, count: int) -> TrialPlan:
    part_of_it = replace(
        whole,
        request=request,
        name=name,
        hyperparameters=dict(request.hyperparameters),
        total_steps=_steps(whole, count),
    )
    part = count / whole.dataset.examples
    trial = trial_of(lab, part_of_it, {"examples": count})
    return replace(trial, examples=count, usd=None if trial.usd is None else trial.usd * part)


def _steps(plan: Plan, examples: int) -> int | None:
    """Return how many steps training on so many examples takes, if that is known."""
    from engine.training.plan import hyperparameters_for

    if plan.request.provider != LOCAL:
        return None
    settled = {name: value for name, value in plan.hyperparameters.items() if value is not None}
    return hyperparameters_for(plan.method, settled).planned_steps(examples)
