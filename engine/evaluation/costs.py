"""What evaluations will cost, before a single question is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.errors import LimitError
from engine.recording.costs import Price
from engine.recording.several import total

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan


def price_of(plans: Sequence[EvaluationPlan]) -> Price | None:
    """Return what the missing answers of all models will cost together; None if nobody knows.

    What a judge will cost is added as it is guessed in each plan.
    """
    asked = total([plan.recording for plan in plans])
    judged = [plan.judgement for plan in plans if plan.judgement is not None]
    if asked is None:
        return None
    return sum(judged, asked)


def require_affordable(plans: Sequence[EvaluationPlan]) -> None:
    """See that all models together will not cost more than they may.

    Raises:
        LimitError: if they would, or nobody knows.
    """
    for plan in plans:
        plan.recording.require_affordable()
    price = price_of(plans)
    limit = plans[0].recording.limit if plans else None
    if price is None or limit is None or price.about <= limit:
        return
    raise LimitError(
        f"these evaluations would cost about ${price.about:,.4f} together, more than the limit of "
        f"${limit:,.4f}: name fewer models, take a smaller suite, or raise --max-cost"
    )
