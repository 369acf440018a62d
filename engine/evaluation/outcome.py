"""How far an evaluation has come, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.errors import LabError
    from engine.evaluation.column import Column
    from engine.evaluation.reference_reader import Readings
    from store.errors import StoreError
    from store.queries.evaluations import EvaluationRow


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an evaluation has come.

    Attributes:
        done: how much of what it does now is done.
        total: how much there is of that.
        spent: US dollars of this time, for that.
        columns: what the scorers said so far.
        does: what it does now: `reading` references, `answering`, `scoring`, or `judging`.
    """

    done: int
    total: int
    spent: float
    columns: Sequence[Column]
    does: str = "answering"


Progress = Callable[[Standing], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation came to.

    Attributes:
        evaluation: as it is recorded now.
        columns: what the scorers said.
        asked: how many answers were asked for this time.
        refused: how many of the prompts the service would not answer, in the service's words.
        spent: US dollars of this time, as far as prices are known.
        stopped: why it ended before its end; None if it is whole.
        readings: what came of asking a service for references; None if it was not asked.
    """

    evaluation: EvaluationRow
    columns: Sequence[Column]
    asked: int
    refused: dict[str, int]
    spent: float
    stopped: Exception | None
    readings: Readings | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A model that could not be evaluated, and why."""

    model: str
    reason: LabError | StoreError
