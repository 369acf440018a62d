"""What evaluations cost: what the models' own answers did, and apart from that what judges did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from store.queries.evaluations import EvaluationRow

_JUDGE: Final = "judge"


@dataclass(frozen=True, slots=True)
class EvaluationCost:
    """What it cost to evaluate a model by a suite, in US dollars.

    Attributes:
        answers: what its own answers cost; None if nobody knows.
        judge: what judges of them cost, which says nothing about the model; None if nobody knows,
            or none was asked.
    """

    answers: float | None = None
    judge: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether any of it is known."""
        return self.answers is not None or self.judge is not None


def cost_of(chosen: EvaluationRow | None, others: Sequence[EvaluationRow]) -> EvaluationCost:
    """Return what an evaluation cost, with the judges of others whose verdicts are shown with it.

    Args:
        chosen: the evaluation; None where there is none.
        others: all evaluations of these very answers, which may have had other judges.
    """
    if chosen is None:
        return EvaluationCost()
    return EvaluationCost(chosen.cost, _judges([chosen, *others]))


def _judges(rows: Sequence[EvaluationRow]) -> float | None:
    """Add up what judges cost: each once, though an evaluation tells that of an earlier one too."""
    counted: set[tuple[str, str | None]] = set()
    costs: list[float] = []
    paid = [row for row in rows if row.judge_cost is not None]
    # Those with most judges first: what they say holds for those with fewer.
    for row in sorted(paid, key=lambda row: -len(_judges_of(row))):
        judges = _judges_of(row)
        if not judges <= counted or not costs:
            counted |= judges
            costs.append(row.judge_cost or 0.0)
    return sum(costs) if costs else None


def _judges_of(row: EvaluationRow) -> set[tuple[str, str | None]]:
    return {
        (json.dumps(scorer, sort_keys=True), row.against)
        for scorer in json.loads(row.scorers_json)
        if scorer.get("id") == _JUDGE
    }
