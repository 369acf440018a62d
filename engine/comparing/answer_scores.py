"""Counting recorded answers: how many are as hoped for, how many two models have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.comparing.answers import Asked
from engine.comparing.intervals import wilson
from engine.comparing.metrics import best

_CUT_OFF = "length"


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many answers are so.

    Attributes:
        count: how many are.
        of: how many were looked at, each to a prompt of its own.
    """

    count: int
    of: int

    @property
    def value(self) -> float:
        """The part of them that is so."""
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Where it lies, at 95%, for prompts like these; see `wilson`."""
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Shares:
    """A count of answers, for each of what is compared.

    Attributes:
        name: what was counted.
        values: the counts; None where there is nothing to count.
        best: the places of the best ones.
    """

    name: str
    values: tuple[Share | None, ...]
    best: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """What was counted of answers to the very same prompts.

    Attributes:
        prompts: how many prompts all models with answers were asked.
        rows: what was counted.
    """

    prompts: int
    rows: tuple[Shares, ...]


def answer_scores(asked: Sequence[Asked], models: Sequence[str | None]) -> AnswerScores:
    """Count answers to the prompts that all models with answers were asked.

    Args:
        asked: the prompts with their answers.
        models: the ids of the models that are compared; None for what has no model.
    """
    answering = [model for model in models if model and any(model in each.said for each in asked)]
    together = [each for each in asked if all(model in each.said for model in answering)]
    if not answering or not together:
        return AnswerScores(0, ())
    compared = [model if model in answering else None for model in models]
    rows = [*_as_hoped(together, compared), _cut_off(together, compared)]
    if len(answering) > 1:
        rows.append(_as_first(together, compared, answering[0]))
    return AnswerScores(len(together), tuple(row for row in rows if any(row.values)))


def _as_hoped(asked: Sequence[Asked], models: Sequence[str | None]) -> list[Shares]:
    """Count the answers that are, letter by letter, those that were hoped for, part by part."""
    parts: dict[str, list[Asked]] = {}
    for each in asked:
        if each.prompt is not None and each.hoped_for is not None:
            parts.setdefault(each.prompt.part or "", []).append(each)
    rows = []
    for part, of_part in parts.items():
        values = _shares(of_part, models, _is_as_hoped)
        winners = best([None if share is None else share.value for share in values], 1)
        rows.append(Shares(f"as hoped for, {part}" if part else "as hoped for", values, winners))
    return rows


def _cut_off(asked: Sequence[Asked], models: Sequence[str | None]) -> Shares:
    values = _shares(asked, models, lambda each, model: each.said[model].finish_reason == _CUT_OFF)
    winners = best([None if share is None else share.value for share in values], -1)
    return Shares("cut off", values, winners)


def _as_first(asked: Sequence[Asked], models: Sequence[str | None], first: str) -> Shares:
    values = _shares(
        asked,
        [None if model == first else model for model in models],
        lambda each, model: each.said[model].meaning == each.said[first].meaning,
    )
    return Shares("the same as the first", values)


def _shares(
    asked: Sequence[Asked],
    models: Sequence[str | None],
    counts: Callable[[Asked, str], bool],
) -> tuple[Share | None, ...]:
    return tuple(
        None if model is None else Share(sum(counts(each, model) for each in asked), len(asked))
        for model in models
    )


def _is_as_hoped(asked: Asked, model: str) -> bool:
    said = asked.said[model]
    return said.refusal is None and said.text.strip() == (asked.hoped_for or "").strip()
