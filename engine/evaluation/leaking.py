"""Looking whether models have learned what they are to be evaluated by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.suites.leaks import leaks_of_each
from store.queries.models import model_list

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan
    from engine.lab import Lab
    from engine.suites.leaks import Progress


def with_leaks(
    lab: Lab, plans: Sequence[EvaluationPlan], progress: Progress | None = None
) -> list[EvaluationPlan]:
    """Return plans that know which prompts stand in what their models were trained on.

    Args:
        lab: where the data is.
        plans: of evaluations by one suite.
        progress: told how far the data has been read.

    Raises:
        StoreError: if what is kept of the suite or the data is spoiled.
    """
    known = {row.id: row for row in model_list(lab.database.reader)}
    rows = {plan.subject: known[plan.subject] for plan in plans if plan.subject in known}
    if not rows:
        return list(plans)
    found = leaks_of_each(lab, plans[0].suite, rows.values(), progress)
    by_subject = {
        subject: leaks for subject, leaks in zip(rows, found, strict=True) if leaks.looked_at
    }
    return [replace(plan, leaks=by_subject.get(plan.subject)) for plan in plans]
