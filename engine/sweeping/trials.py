"""One training of a sweep, planned as `ftlab train` would plan it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import LimitError
from engine.outlook.durations import expected
from engine.planning import LOCAL
from engine.sweeping.plan import TrialPlan

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.planning import Plan, TrainingRequest
    from engine.sweeping.space import Settings


def trial_of(lab: Lab, planned: Plan, settings: Settings) -> TrialPlan:
    """Return a planned training as a trial with these settings."""
    return TrialPlan(
        name=planned.name,
        settings=settings,
        plan=planned,
        examples=planned.dataset.examples,
        usd=planned.estimate.usd if planned.estimate else None,
        total_steps=planned.total_steps,
        duration=expected(lab.database.reader, planned),
    )


def suffix_of(request: TrainingRequest, name: str) -> str | None:
    """Return what a service calls a trial's model: as the trial, if the sweep was given a name."""
    return name if request.suffix is not None and request.provider != LOCAL else None


def planned(lab: Lab, request: TrainingRequest, limit: float | None) -> Plan:
    """Plan one training; its cost is judged later, with that of all others."""
    if request.provider == LOCAL:
        return lab.plan(replace(request, suffix=None))
    try:
        return lab.plan(replace(request, max_cost=None if limit is None else math.inf))
    except LimitError:
        # Its price is not known: said with the limit that there is.
        return lab.plan(replace(request, max_cost=limit))
