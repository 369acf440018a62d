"""Recording several models within one budget, those first that are used most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from engine.errors import JobStateError, LabError, LimitError
from engine.recording.costs import Price
from engine.recording.planning import plan
from engine.recording.run import AT_ONCE, LAPSED_AFTER, Outcome, record
from store.errors import StoreError
from store.queries.recordings import turns_with

if TYPE_CHECKING:
    from engine.chatting.targets import Progress as Readying
    from engine.lab import Lab
    from engine.recording.plan import RecordingPlan, Wish
    from engine.recording.work import Progress


@dataclass(frozen=True, slots=True)
class Skipped:
    """A model that is not recorded, and why."""

    model: str
    reason: LabError | StoreError


def retiring(lab: Lab, today: date) -> list[str]:
    """Return the ids of the living models that will be shut down, those used most first.

    What is known of use is the chats with them here; of models that are used alike, the one comes
    first that dies first.
    """
    from engine.rescue.retirement import retirements

    turns = turns_with(lab.database.reader)
    found = [
        model
        for model in retirements(lab, today)
        if model.gone is None and model.days_left is not None and model.days_left >= 0
    ]
    found.sort(key=lambda model: -turns.get(model.model, 0))
    return [model.model for model in found]


def plan_several(
    lab: Lab,
    models: Sequence[str],
    wish: Wish,
    provider: str | None = None,
    progress: Readying | None = None,
    *,
    skip: bool = False,
) -> tuple[list[RecordingPlan], list[Skipped]]:
    """Plan a recording of each model; see `engine.recording.planning.plan`.

    Args:
        lab: where the models are.
        models: which ones.
        wish: what is asked for.
        provider: see there.
        progress: see there.
        skip: whether models that cannot be recorded are told of, instead of ending it.
    """
    plans: list[RecordingPlan] = []
    skipped: list[Skipped] = []
    for model in dict.fromkeys(models):
        try:
            plans.append(plan(lab, model, wish, provider, progress))
        except (LabError, StoreError) as error:
            if not skip:
                raise
            skipped.append(Skipped(model, error))
    return plans, skipped


def total(plans: Sequence[RecordingPlan]) -> Price | None:
    """Return what the missing answers will cost; None if that is not known of all of them."""
    prices = [plan.price for plan in plans if plan.hosted and plan.missing]
    if any(price is None for price in prices):
        return None
    return sum((price for price in prices if price is not None), Price(0.0, 0.0))


def record_several(
    lab: Lab,
    plans: Sequence[RecordingPlan],
    progress: Callable[[RecordingPlan], Progress] | None = None,
    at_once: int = AT_ONCE,
    patience: float = LAPSED_AFTER,
) -> Iterator[tuple[RecordingPlan, Outcome | Skipped]]:
    """Make recordings, one model after the other, together within the limit of the first.

    A model for which the money that is left is not enough is passed over, for a cheaper one may
    follow; so is one that another process is recording already.

    Args:
        lab: where they are recorded.
        plans: of each model.
        progress: gives for each plan what is told how far it has come.
        at_once: how many questions are asked at the same time.
        patience: seconds to wait for another process that is recording a model.
    """
    spent = 0.0
    for each in plans:
        left = None if each.limit is None else max(0.0, each.limit - spent)
        within = replace(each, limit=left)
        try:
            outcome = record(lab, within, progress and progress(each), at_once, patience)
        except (LimitError, JobStateError) as error:
            yield each, Skipped(each.target.name, error)
            continue
        spent += outcome.spent
        yield each, outcome
