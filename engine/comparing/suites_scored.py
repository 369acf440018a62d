"""What scorers say of several models' answers: figures, differences to the first, who won where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.comparing.intervals import wilson
from engine.comparing.metrics import best
from engine.comparing.suites import COST, LATENCY, Scored
from engine.evaluation.figures import estimate_of, parts_of, rows_of
from engine.scoring.measures import Cost, Latency, TokensPerSecond
from engine.scoring.scorer import Pooled
from engine.scoring.specs import label

if TYPE_CHECKING:
    from engine.comparing.suites import ScorerKey
    from engine.scoring.scorer import Scorer
    from engine.statistics.paired import Difference, Estimate, Tally
    from store.queries.evaluations import ScoreRow
    from store.queries.recordings import AnswerRow

Values = Mapping[str, float]
"""The score of each row of a suite by its key; what is known of answers, by the prompt."""

Parts = Mapping[str, Sequence[float]]
"""What each row adds to a figure of all together."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a scorer said of the answers of all that is compared.

    Attributes:
        scorer: the scorer.
        against: the model whose answers these were held beside, by its id or, to be told, its
            name; None for none.
        scores: of each subject; None of one that was not evaluated.
    """

    scorer: Scorer
    against: str | None
    scores: tuple[Sequence[ScoreRow] | None, ...]

    @property
    def label(self) -> str:
        """The scorer as it is typed."""
        return label(self.scorer)

    @property
    def key(self) -> ScorerKey:
        """What tells it from the others."""
        return self.label, self.against

    @property
    def values(self) -> list[Values]:
        """The score of each row by its key: the mean, where it was answered several times."""
        return [rows_of(scores or ()) for scores in self.scores]


def all_scored(
    marks: Sequence[Marks],
    answers: Sequence[Mapping[str, Sequence[AnswerRow]] | None],
    batched: frozenset[int] = frozenset(),
) -> tuple[Scored, ...]:
    """Return what each scorer says, then cost and latency, of which the answers tell.

    Args:
        marks: what the scorers said.
        answers: of each subject, its answers by the digest of the prompt.
        batched: the places of the subjects that gave several answers at a time.

    Raises:
        MissingPackageError: if numpy is not installed.
    """
    # What an answer cost, and how long it took, is known without a scorer, too.
    quality = [each for each in marks if not isinstance(each.scorer, Cost | Latency)]
    costs = [_means(each, "cost") for each in answers]
    seconds = [_means(each, "seconds") for each in answers]
    found = [
        *(
            _timed(_scored(each), batched)
            if isinstance(each.scorer, TokensPerSecond)
            else _scored(each)
            for each in quality
        ),
        _measured(COST, Cost(), costs),
        _timed(_measured(LATENCY, Latency(), seconds), batched),
    ]
    return tuple(each for each in found if any(each.figures))


def _scored(marks: Marks) -> Scored:
    if isinstance(marks.scorer, Pooled):
        return _pooled(marks, marks.scorer)
    figures = tuple(
        estimate_of(marks.scorer, scores) if scores else None for scores in marks.scores
    )
    return _held_together(marks.label, marks.scorer, marks.values, figures, marks.against)


def _measured(name: str, scorer: Scorer, values: Sequence[Values]) -> Scored:
    from engine.statistics.paired import mean

    figures = tuple(mean(list(each.values())) if each else None for each in values)
    return _held_together(name, scorer, values, figures, None)


def _timed(scored: Scored, batched: frozenset[int]) -> Scored:
    """Return figures of time without a claim of certainty, where rows were timed together.

    The rows of a batch are one observation, not as many as it has, and what else the machine did
    meanwhile changed them all: neither interval nor p-value would be one.
    """
    told = frozenset(place for place in batched if scored.figures[place] is not None)
    if not told:
        return scored
    places = range(len(scored.figures))
    beside = frozenset(places) if 0 in told else told
    return replace(
        scored,
        figures=tuple(_bare(each) if n in told else each for n, each in enumerate(scored.figures)),
        differences=tuple(None if n in beside else scored.differences[n] for n in places),
        ratios=tuple(_bare(each) if n in beside else each for n, each in enumerate(scored.ratios)),
        tallies=tuple(None if n in beside else scored.tallies[n] for n in places),
        best=frozenset(),
        batched=told,
    )


def _bare(found: Estimate | None) -> Estimate | None:
    return None if found is None else replace(found, low=found.value, high=found.value)


def _means(answers: Mapping[str, Sequence[AnswerRow]] | None, column: str) -> dict[str, float]:
    """Return the mean of what is known of each prompt's answers."""
    found = {}
    for prompt, rows in (answers or {}).items():
        known = [value for row in rows if (value := getattr(row, column)) is not None]
        if known:
            found[prompt] = math.fsum(known) / len(known)
    return found


def _held_together(
    name: str,
    scorer: Scorer,
    values: Sequence[Values],
    figures: tuple[Estimate | None, ...],
    against: str | None,
) -> Scored:
    """Hold the means of scores against those of the first."""
    from engine.statistics.paired import difference, pair, ratio

    differences: list[Difference | None] = []
    ratios: list[Estimate | None] = []
    tallies: list[Tally | None] = []
    for place, each in enumerate(values):
        pairs = pair(each, values[0])
        if not place or not pairs.rows:
            differences.append(None)
            ratios.append(None)
        else:
            differences.append(_certain(scorer, difference(pairs)))
            ratios.append(ratio(pairs) if scorer.about.low == 0 else None)
        tallies.append(_tally(scorer, each, values[0]) if place else None)
    return _put_together(name, scorer, values, figures, differences, ratios, tallies, against)


def _certain(scorer: Scorer, found: Difference) -> Difference:
    """Return a difference of shares with an interval, where no row tells two models apart.

    Samples of rows that all tie tell nothing. That none of so many differs says at least how rare
    those are that do (Wilson's score), and none of them moves the mean by more than 1.
    """
    if not found.alike or found.value != 0 or scorer.unit != "share":
        return found
    _, most = wilson(0, found.rows)
    return replace(found, low=-most, high=most)


def _pooled(marks: Marks, scorer: Pooled) -> Scored:
    """Hold figures of all answers together against that of the first."""
    from engine.statistics.paired import difference_of_figures, pair

    parts: list[Parts] = [parts_of(scores or ()) for scores in marks.scores]
    values = marks.values
    figures = tuple(estimate_of(scorer, scores) if scores else None for scores in marks.scores)
    differences: list[Difference | None] = []
    ratios: list[Estimate | None] = []
    tallies: list[Tally | None] = []
    for place, each in enumerate(parts):
        pairs = pair(each, parts[0])
        known = bool(place and pairs.rows)
        differences.append(difference_of_figures(pairs, scorer.figure) if known else None)
        ratios.append(_ratio_of_figures(scorer, each, parts[0]) if known else None)
        tallies.append(_tally(scorer, values[place], values[0]) if place else None)
    name = marks.label
    return _put_together(name, scorer, parts, figures, differences, ratios, tallies, marks.against)


def _ratio_of_figures(
    scorer: Pooled,
    parts: Parts,
    first: Parts,
) -> Estimate | None:
    """Return how many times as large a figure is that is never 0, such as perplexity."""
    from engine.statistics.paired import Estimate, difference_of_figures, pair

    if not scorer.about.low or scorer.about.low <= 0:
        return None

    def logarithm(totals: Sequence[float]) -> float:
        return math.log(scorer.figure(totals))

    found = difference_of_figures(pair(parts, first), logarithm)
    return Estimate(math.exp(found.value), math.exp(found.low), math.exp(found.high), found.rows)


def _tally(scorer: Scorer, values: Values, first: Values) -> Tally | None:
    from engine.statistics.paired import pair, tally

    pairs = pair(values, first)
    better = scorer.about.higher_is_better
    return None if better is None or not pairs.rows else tally(pairs, higher_is_better=better)


def _put_together(
    name: str,
    scorer: Scorer,
    of_rows: Sequence[Mapping[str, object]],
    figures: tuple[Estimate | None, ...],
    differences: Sequence[Difference | None],
    ratios: Sequence[Estimate | None],
    tallies: Sequence[Tally | None],
    against: str | None,
) -> Scored:
    rows = [set(each) for each in of_rows if each]
    alike = all(each == rows[0] for each in rows)
    better = scorer.about.higher_is_better
    sign = 0 if better is None or not alike else 1 if better else -1
    first = set(of_rows[0])
    return Scored(
        label=name,
        says=scorer.about.says,
        unit=scorer.unit,
        higher_is_better=better,
        figures=figures,
        differences=tuple(differences),
        tallies=tuple(tallies),
        best=best([None if each is None else each.value for each in figures], sign),
        rows=len(set.intersection(*rows)) if rows else 0,
        ratios=tuple(ratios),
        left_out=tuple(len(first ^ set(each)) if first and each else 0 for each in of_rows),
        against=against,
    )
