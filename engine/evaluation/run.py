"""Evaluating models: those at services at the same time, those of this machine in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.errors import LabError
from engine.evaluation.contestant import Contestant
from engine.evaluation.outcome import Outcome, Progress, Skipped, Standing
from engine.recording.purse import Purse
from engine.recording.run import AT_ONCE, AT_ONCE_HERE, LAPSED_AFTER

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan
    from engine.lab import Lab
    from engine.recording.stopping import Stopper


def evaluate(
    lab: Lab,
    plans: Sequence[EvaluationPlan],
    progress: Callable[[EvaluationPlan], Progress] | None = None,
    at_once: int = AT_ONCE,
    patience: float = LAPSED_AFTER,
    stopper: Stopper | None = None,
) -> list[Outcome | Skipped]:
    """Evaluate models: those at services all at the same time, those of this machine in turn.

    One that the others are held beside comes before them. Together they stay within the limit of
    the first. Whatever is recorded of one already, its answers and its scores, is neither asked nor
    computed again.

    Args:
        lab: where everything is recorded.
        plans: of each model.
        progress: gives for each plan what is told how far it has come.
        at_once: how many questions each service is asked at the same time.
        patience: seconds to wait for another process that is asking one of the models.
        stopper: ends it from another thread, with `asyncio.CancelledError`.

    Returns:
        What came of each, in the order of the plans.

    Raises:
        LimitError: if the first would cost more than it may; then nothing was asked.
        StoreError: if something cannot be recorded.
    """
    return asyncio.run(_evaluated(lab, plans, progress, at_once, patience, stopper))


async def _evaluated(
    lab: Lab,
    plans: Sequence[EvaluationPlan],
    progress: Callable[[EvaluationPlan], Progress] | None,
    at_once: int,
    patience: float,
    stopper: Stopper | None,
) -> list[Outcome | Skipped]:
    if stopper is not None:
        stopper.watch()
    purse = Purse(plans[0].recording.limit if plans else None)
    here, judging = asyncio.Lock(), asyncio.Lock()
    found: list[Outcome | Skipped | None] = [None] * len(plans)

    async def one(place: int, plan: EvaluationPlan) -> None:
        told = progress(plan) if progress else _unseen
        contestant = Contestant(lab, plan, purse, told, patience, judging)
        try:
            if plan.recording.hosted:
                found[place] = await contestant.go(at_once)
            else:
                async with here:
                    found[place] = await contestant.go(AT_ONCE_HERE)
        except LabError as error:
            found[place] = Skipped(plan.recording.target.name, error)

    # Those that others are held beside come first: their answers must be there by then.
    beside = {plan.against for plan in plans}
    for comes_first in (True, False):
        try:
            async with asyncio.TaskGroup() as tasks:
                for place, plan in enumerate(plans):
                    if (plan.subject in beside) is comes_first:
                        tasks.create_task(one(place, plan))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
    return [each for each in found if each is not None]


def _unseen(_standing: Standing) -> None:
    """Tell nobody."""
