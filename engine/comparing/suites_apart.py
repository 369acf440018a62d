"""The prompts of a suite, those first to which models' answers are furthest apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.comparing.suites import RowApart, RowScore
from engine.evaluation.answers import text_said
from engine.scoring.measures import Cost, Latency, Length, TokensPerSecond
from engine.suites.prompts import text_of

if TYPE_CHECKING:
    from engine.comparing.suites import ScorerKey
    from engine.comparing.suites_scored import Marks, Values
    from engine.suites.prompts import Prompt
    from store.queries.recordings import AnswerRow

_OF_NO_QUALITY = (Cost, Latency, Length, TokensPerSecond)
_ENOUGH = 2


def rows_apart(
    prompts: Mapping[str, Prompt],
    marks: Sequence[Marks],
    answers: Sequence[Mapping[str, Sequence[AnswerRow]] | None],
) -> tuple[RowApart, ...]:
    """Return the prompts that at least two answered.

    Those come first whose scores are furthest apart, each scorer measured by the widest gap that it
    has anywhere in the suite; of as far ones, those whose answers have the fewest words in common.

    Args:
        prompts: those of the suite, by the keys of their rows, in its order.
        marks: what the scorers said.
        answers: of each subject, its answers by the digest of the prompt.
    """
    told = {each.key: each.values for each in marks}
    widest = {
        each.key: max((_gap(told[each.key], row) for row in prompts), default=0.0)
        for each in marks
        if not isinstance(each.scorer, _OF_NO_QUALITY)
    }
    rows = []
    for row, prompt in prompts.items():
        said = tuple(_said(each, prompt.digest) for each in answers)
        if sum(each is not None for each in said) < _ENOUGH:
            continue
        apart = [_gap(told[key], row) / most for key, most in widest.items() if most]
        rows.append(
            RowApart(
                prompt.digest,
                prompt,
                None if prompt.reference is None else text_of(prompt.reference),
                said,
                tuple(_scores(told, row, place) for place in range(len(answers))),
                sum(apart) / len(apart) if apart else 0.0,
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.apart, -_words_apart(row.answers))))


def _said(answers: Mapping[str, Sequence[AnswerRow]] | None, digest: str) -> str | None:
    rows = (answers or {}).get(digest)
    return (rows[0].refusal or text_said(rows[0])) if rows else None


def _scores(
    told: Mapping[ScorerKey, Sequence[Values]], row: str, place: int
) -> tuple[RowScore, ...]:
    return tuple(
        RowScore(label, against, values[place][row])
        for (label, against), values in told.items()
        if row in values[place]
    )


def _gap(values: Sequence[Values], row: str) -> float:
    """Return how far the lowest score of a row is from the highest."""
    known = [each[row] for each in values if row in each]
    return max(known) - min(known) if len(known) >= _ENOUGH else 0.0


def _words_apart(answers: Sequence[str | None]) -> float:
    """Return which part of all words of the answers is not in each of them."""
    words = [set(each.split()) for each in answers if each is not None]
    everything = set.union(*words)
    return 1 - len(set.intersection(*words)) / len(everything) if everything else 0.0
