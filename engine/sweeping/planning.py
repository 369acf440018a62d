"""Planning a sweep: every training settled, and what all of them cost, before any is recorded."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from engine import queue
from engine.errors import LimitError, RequestError
from engine.planning import LOCAL
from engine.sweeping.growing import growing
from engine.sweeping.measuring import check_measure
from engine.sweeping.plan import SEED, SweepPlan, SweepWish, TrialPlan
from engine.sweeping.space import Settings, draw, grid
from engine.sweeping.subsets import draw_subset
from engine.sweeping.trials import planned, suffix_of, trial_of
from store.queries import datasets, jobs, sweeps

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.planning import TrainingRequest


def plan(lab: Lab, wish: SweepWish) -> SweepPlan:
    """Look everything up and settle what would be trained; nothing is recorded or drawn.

    Raises:
        NotFoundError: if a dataset version, the base model or the profile does not exist.
        RequestError: if there is nothing to try, or a value is out of bounds.
        DataError: if a hosted service would refuse the data.
        LimitError: if all trials together would cost more than they may.
    """
    check_measure(wish.by)
    request = _settled(lab, wish.request)
    wish = replace(wish, request=request)
    limit = _limit(lab, request)
    recipe = _recipe(wish)
    going_on = sweeps.open_sweep(lab.database.reader, recipe)
    name = _name(lab, request) if going_on is None else going_on.name
    if wish.sizes is not None:
        trials = growing(lab, wish, name, limit)
    else:
        trials = _varied(lab, wish, name, limit)
    found = SweepPlan(
        wish=wish,
        name=name,
        recipe=recipe,
        trials=trials,
        fixed=_shared([trial.plan.hyperparameters for trial in trials]),
        limit=limit,
        going_on=going_on,
        slots=queue.slots(lab) if request.provider == LOCAL else None,
        notes=tuple(dict.fromkeys(note for trial in trials for note in trial.plan.notes)),
    )
    if going_on is None:
        require_affordable(found)
    return found


def with_data(lab: Lab, plan: SweepPlan) -> SweepPlan:
    """Return the plan with each part of the data drawn and recorded, and planned by what is in it.

    Raises:
        DataError: if a hosted service would refuse one of the parts.
        LimitError: if it turns out that all would cost more than they may.
    """
    if plan.wish.sizes is None:
        return plan
    trials = []
    for trial in plan.trials:
        whole = trial.plan.dataset
        part = draw_subset(lab, whole, trial.examples, trial.plan.request.seed)
        request = replace(trial.plan.request, dataset=part.id)
        of_part = replace(planned(lab, request, plan.limit), name=trial.name)
        trials.append(trial_of(lab, of_part, trial.settings))
    found = replace(plan, trials=trials)
    require_affordable(found)
    return found


def require_affordable(plan: SweepPlan) -> None:
    """See that all trials together may cost what they do.

    Raises:
        LimitError: if they may not, with how many of them would fit.
    """
    usd = plan.usd
    if plan.limit is None or usd is None or usd <= plan.limit:
        return
    costs = [trial.usd or 0.0 for trial in plan.trials]
    in_order = plan.wish.draws is not None
    sums = accumulate(costs if in_order else sorted(costs))
    fit = sum(total <= plan.limit for total in sums)
    which = f"the first {fit}" if in_order else f"the {fit} cheapest"
    fitting = f"{which} of them would fit" if fit else "not one of them would fit"
    raise LimitError(
        f"{len(costs)} trials would cost about ${usd:,.2f} together, more than the limit of "
        f"${plan.limit:,.2f}; {fitting}. Try fewer values, or raise the limit with --max-cost"
    )


def _settled(lab: Lab, request: TrainingRequest) -> TrainingRequest:
    """Return the request with its data named by ids, so that the same words mean the same later."""
    reader = lab.database.reader
    validation = request.validation
    return replace(
        request,
        dataset=datasets.dataset(reader, request.dataset).id,
        validation=None if validation is None else datasets.dataset(reader, validation).id,
    )


def _limit(lab: Lab, request: TrainingRequest) -> float | None:
    from engine.config.settings import Settings

    if request.provider == LOCAL:
        return None
    return (
        request.max_cost if request.max_cost is not None else Settings.read(lab.places).budget.value
    )


def _recipe(wish: SweepWish) -> str:
    request = wish.request
    asked = {
        "dataset": request.dataset,
        "base_model": request.base_model,
        "provider": request.provider,
        "method": request.method,
        "hyperparameters": request.hyperparameters,
        "seed": request.seed,
        "suffix": request.suffix,
        "validation": request.validation,
        "options": request.options,
        "axes": {name: axis.to_json() for name, axis in wish.axes.items()},
        "draws": wish.draws,
        "sizes": None if wish.sizes is None else [wish.sizes.percent, *sorted(wish.sizes.values)],
    }
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _name(lab: Lab, request: TrainingRequest) -> str:
    """Return what the sweep is called: as asked for, or the next free name made of its data's.

    Raises:
        RequestError: if the name that was asked for is taken.
    """
    from engine.planning import check_name

    reader = lab.database.reader
    taken = {row.name for row in sweeps.sweep_list(reader)}
    called = [job.name for job in jobs.job_list(reader)]
    if request.suffix is not None:
        check_name(lab, request.suffix)
        trial = re.compile(re.escape(request.suffix) + r"-\d+")
        if request.suffix in taken or any(map(trial.fullmatch, called)):
            raise RequestError(
                f"there is a sweep called {request.suffix}, or a job of such a name: choose another"
            )
        return request.suffix
    stem = datasets.dataset(reader, request.dataset).name.replace("/", "-") + "-sweep"
    numbered = re.compile(re.escape(stem) + r"-(\d+)(-\d+)?")
    found = (numbered.fullmatch(name) for name in (*taken, *called))
    return f"{stem}-{max((int(match[1]) for match in found if match), default=0) + 1}"


def _varied(lab: Lab, wish: SweepWish, name: str, limit: float | None) -> list[TrialPlan]:
    """Plan a training for each combination of settings."""
    request = wish.request
    twice = [axis for axis in wish.axes if axis in request.hyperparameters]
    if twice:
        raise RequestError(f"{twice[0]} is swept and fixed at the same time: leave one of them out")
    if wish.draws is None:
        combinations = grid(wish.axes)
    else:
        combinations = draw(wish.axes, wish.draws, request.seed)
    return [
        _varied_trial(lab, request, f"{name}-{number}", settings, limit)
        for number, settings in enumerate(combinations, start=1)
    ]


def _varied_trial(
    lab: Lab, request: TrainingRequest, name: str, settings: Settings, limit: float | None
) -> TrialPlan:
    given = {key: value for key, value in settings.items() if key != SEED}
    asked = replace(
        request,
        hyperparameters={**request.hyperparameters, **given},
        seed=settings.get(SEED, request.seed),
        suffix=suffix_of(request, name),
    )
    return trial_of(lab, replace(planned(lab, asked, limit), name=name), settings)


def _shared(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first, *others = found
    return {
        name: value
        for name, value in first.items()
        if value is not None and all(other.get(name) == value for other in others)
    }
