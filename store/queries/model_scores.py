"""Questions about how models did in suites, as their newest evaluations say."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.recording_status import COMPLETED


@dataclass(frozen=True, slots=True)
class SuiteFigure:
    """What a scorer says of all answers together.

    Attributes:
        label: the scorer, as it is typed.
        value: the figure.
        low: where its 95% interval begins; None where that was not computed.
        high: where it ends.
        rows: of how many prompts.
    """

    label: str
    value: float
    low: float | None
    high: float | None
    rows: int


@dataclass(frozen=True, slots=True)
class SuiteScore:
    """How a model did in a suite, by its newest completed evaluation.

    Attributes:
        suite: the id of the suite version.
        name: what the suite is called.
        version: which version of it.
        newest: whether the suite has none that is newer.
        evaluation: the id of the evaluation.
        at: when it was completed.
        figures: what the scorers say, the main one first.
    """

    suite: str
    name: str
    version: int
    newest: bool
    evaluation: str
    at: str
    figures: tuple[SuiteFigure, ...]

    @property
    def main(self) -> SuiteFigure | None:
        """The figure that stands for the others; None if there is none."""
        return self.figures[0] if self.figures else None


def model_scores(
    connection: sqlite3.Connection, suite: str | None = None
) -> dict[str, tuple[SuiteScore, ...]]:
    """Return how every model did in each suite, by what its answers are recorded under.

    That is a model version's id, or `PROVIDER/NAME` of another model. Of each suite it is the
    newest completed evaluation that counts, and the suites stand in the order of their names.

    Args:
        connection: where to read.
        suite: the id of the only suite version that counts; None for all.
    """
    rows = connection.execute(
        "SELECT evaluation.model, suite.id, suite.name, suite.version, "
        "suite.version = (SELECT MAX(other.version) FROM suite AS other "
        "WHERE other.name = suite.name), "
        "evaluation.id, evaluation.updated_at, evaluation.figures_json "
        "FROM evaluation JOIN suite ON suite.id = evaluation.suite "
        "WHERE evaluation.status = ?1 AND (?2 IS NULL OR suite.id = ?2) "
        "ORDER BY evaluation.updated_at, evaluation.id",
        (COMPLETED, suite),
    )
    found: dict[str, dict[str, SuiteScore]] = {}
    for model, version_id, name, version, newest, evaluation, at, figures in rows:
        told = _figures(figures)
        score = SuiteScore(version_id, name, version, bool(newest), evaluation, at, told)
        # What comes later takes the place of what was there.
        found.setdefault(model, {})[name] = score
    return {
        model: tuple(scores[name] for name in sorted(scores)) for model, scores in found.items()
    }


def suites_by_use(scores: Iterable[Sequence[SuiteScore]]) -> list[str]:
    """Return the names of the suites: that by which most models were evaluated first."""
    all_scores = [score for of_model in scores for score in of_model]
    counts = Counter(score.name for score in all_scores)
    newest: dict[str, str] = {}
    for score in all_scores:
        newest[score.name] = max(newest.get(score.name, ""), score.at)
    return sorted(counts, key=lambda name: (counts[name], newest[name], name), reverse=True)


def score_in(scores: Sequence[SuiteScore], suite: str) -> SuiteScore | None:
    """Return a model's score in the suite of this name; None if it has none."""
    return next((score for score in scores if score.name == suite), None)


def _figures(text: str) -> tuple[SuiteFigure, ...]:
    return tuple(map(_figure, json.loads(text)))


def _figure(said: Mapping[str, object]) -> SuiteFigure:
    label, value, low, high, rows = (said.get(key) for key in SuiteFigure.__slots__)
    return SuiteFigure(
        str(label),
        float(value),  # type: ignore[arg-type]
        None if low is None else float(low),  # type: ignore[arg-type]
        None if high is None else float(high),  # type: ignore[arg-type]
        int(rows or 0),  # type: ignore[call-overload]
    )
