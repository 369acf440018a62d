"""What one scorer said of the answers of an evaluation."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from engine.scoring.scorer import Pooled
from engine.scoring.scoring import figure_of

if TYPE_CHECKING:
    from engine.scoring.scorer import Scorer
    from store.queries.evaluations import ScoreRow

Place = tuple[str, int, str]
"""What a score is found by: the request, the number of the sample, the hash of the reference."""


@dataclass(slots=True)
class Column:
    """What a scorer said of the answers of an evaluation.

    One thread adds to it while others look.

    Attributes:
        scorer: what scored them.
        identity: the SHA-256 of it with its settings.
        against: the model whose answers they were held beside; empty for none.
        scores: by their places.
    """

    scorer: Scorer
    identity: str
    against: str
    scores: dict[Place, ScoreRow] = field(default_factory=dict)
    _new: list[ScoreRow] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _closed: bool = False

    def add(self, score: ScoreRow) -> None:
        """Take a score that is still to be recorded; after the end none is taken any more."""
        with self._lock:
            if not self._closed:
                self.scores[score.request, score.sample, score.reference] = score
                self._new.append(score)

    def close(self) -> None:
        """Take no score any more."""
        with self._lock:
            self._closed = True

    def take_new(self) -> list[ScoreRow]:
        """Return the scores that are not recorded yet, and forget that they are not."""
        with self._lock:
            new, self._new = self._new, []
        return new

    @property
    def waiting(self) -> int:
        """How many scores are not recorded yet."""
        return len(self._new)

    @property
    def known(self) -> list[ScoreRow]:
        """All scores that there are now."""
        with self._lock:
            return list(self.scores.values())

    def values(self) -> list[float]:
        """Return all values that there are."""
        return [score.value for score in self.known if score.value is not None]

    @property
    def mean(self) -> float | None:
        """The mean of all values so far; of a scorer with a figure of its own, that figure."""
        if isinstance(self.scorer, Pooled):
            return self._pooled(self.scorer)
        values = self.values()
        return math.fsum(values) / len(values) if values else None

    def _pooled(self, scorer: Pooled) -> float | None:
        told = (score.parts_json for score in self.known)
        parts = [json.loads(each) for each in told if each is not None]
        return figure_of(scorer, parts)
