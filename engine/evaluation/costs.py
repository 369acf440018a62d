"""What evaluations will cost, before a single question is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.errors import LimitError
from engine.money import dollars
from engine.recording.costs import Price
from engine.recording.several import total
from engine.scoring.judged import Judge

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan


def price_of(plans: Sequence[EvaluationPlan]) -> Price | None:
    """Return what the missing answers of all models will cost together; None if nobody knows.

    What a judge will cost is added as it is guessed in each plan, and what it takes to have
    references read as if every service did so that may.
    """
    asked = total([plan.recording for plan in plans])
    judged = [plan.judgement for plan in plans if plan.judged_at_a_service]
    read = [plan.reading for plan in plans if plan.recording.hosted and plan.unread]
    if asked is None or None in judged or None in read:
        return None
    return sum((price for price in (*judged, *read) if price is not None), asked)


def costs_money(plans: Sequence[EvaluationPlan]) -> bool:
    """Tell whether a service is asked for answers, or for judgements of them."""
    return any(plan.asks_service or plan.judged_at_a_service for plan in plans)


def require_affordable(plans: Sequence[EvaluationPlan]) -> None:
    """See that all models together will not cost more than they may.

    Raises:
        LimitError: if they would, or nobody knows.
    """
    for plan in plans:
        plan.recording.require_affordable("take a smaller suite, fewer --samples or --max-tokens")
        _require_known(plan)
    price = price_of(plans)
    limit = plans[0].recording.limit if plans else None
    if price is None or limit is None or price.about <= limit:
        return
    raise LimitError(
        f"these evaluations would cost about {dollars(price.about)} together, more than the limit "
        f"of {dollars(limit)}: name fewer models, take a smaller suite, or raise --max-cost"
    )


def _require_known(plan: EvaluationPlan) -> None:
    """See that it is known what reading and judging cost, if that must stay in a limit."""
    limit = plan.recording.limit
    if limit is None:
        return
    if plan.recording.hosted and plan.unread and plan.reading is None:
        raise _unknown(
            f"what it costs to have {plan.recording.target.name} read the answers that are hoped "
            "for",
            limit,
        )
    if plan.judged_at_a_service and plan.judgement is None:
        judges = " or ".join(each.model for each in plan.scorers if isinstance(each, Judge))
        raise _unknown(f"what it costs to be judged by {judges}", limit)


def _unknown(what: str, limit: float) -> LimitError:
    return LimitError(
        f"{what} is not known, so it cannot be kept under {dollars(limit)}: write its prices into "
        "pricing.toml in the data directory"
    )
