"""What speaks for giving a model a tag: how it does beside another one, as it is known now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.comparing.scores import ScoreTable, score_tables
from engine.comparing.subjects import Subject, subject
from engine.comparing.suites import SuiteComparison, suite_comparisons
from engine.data.errors import MissingPackageError
from engine.errors import RequestError

if TYPE_CHECKING:
    from engine.comparing.suites import Scored
    from engine.lab import Lab
    from store.events import TagComparison, TagFigure

_OTHER, _MINE = 0, 1
"""The places of what is compared: the tagged model is held against the other one."""

_HIGHER_IS_BETTER = {"accuracy": True, "loss": False, "perplexity": False}


def tag_grounds(
    lab: Lab, model: str, others: Sequence[str], suite: str | None = None
) -> tuple[TagComparison, ...]:
    """Compare a model with others, to be recorded with a tag that it gets.

    In each suite that both were evaluated by; on held-out examples, where both were evaluated on
    the same ones, unless a suite is asked for.

    Args:
        lab: where they are.
        model: the model that gets the tag.
        others: what it is held against: jobs or model versions.
        suite: the only suite that counts.

    Raises:
        NotFoundError: if one of them does not exist, or the suite does not.
        RequestError: if there is nothing by which they can be compared.
        MissingPackageError: if numpy is not installed, and a suite was asked for.
    """
    # Before anything is read: whatever is recorded meanwhile may count, but need not.
    head = lab.database.head()
    mine = subject(lab.database.reader, model)
    found: list[TagComparison] = []
    for reference in others:
        other = subject(lab.database.reader, reference)
        if other.id == mine.id or (other.model and mine.model and other.model.id == mine.model.id):
            raise RequestError(f"{mine.name} cannot be compared with itself: name another model")
        found += _comparisons(lab, mine, other, head, suite)
    return tuple(found)


def _comparisons(
    lab: Lab, mine: Subject, other: Subject, head: int, suite: str | None
) -> list[TagComparison]:
    try:
        compared = suite_comparisons(lab.database.reader, lab.blobs, [other, mine], suite)
    except MissingPackageError:
        if suite is not None:
            raise
        compared = []
    found = [_of_suite(other, head, each) for each in compared]
    if suite is None:
        tables = score_tables([other.scores, mine.scores])
        found += [_of_examples(other, head, table) for table in tables]
    found = [each for each in found if each.figures]
    if not found:
        raise RequestError(_why_nothing(mine, other, suite))
    return found


def _why_nothing(mine: Subject, other: Subject, suite: str | None) -> str:
    evaluated = f"`ftlab eval {suite or 'SUITE'} {other.name} {mine.name}` does so"
    if suite is not None:
        return f"{other.name} and {mine.name} were not both evaluated by {suite}: {evaluated}"
    return (
        f"nothing is known by which {other.name} and {mine.name} can be compared: they were "
        f"evaluated neither by the same suite nor on the same held-out examples. {evaluated}"
    )


def _of_suite(other: Subject, head: int, compared: SuiteComparison) -> TagComparison:
    from store.events import TagComparison

    row = compared.suite
    both = all(each is not None for each in compared.evaluations)
    return TagComparison(
        other=other.id,
        name=other.name,
        head=head,
        over=f"{row.name}@{row.version}",
        suite=row.id,
        figures=[*_figures(compared.scorers)] if both else [],
    )


def _figures(scorers: Sequence[Scored]) -> Iterator[TagFigure]:
    from store.events import TagFigure

    for each in scorers:
        value, other = each.figures[_MINE], each.figures[_OTHER]
        if value is None or other is None:
            continue
        apart, tally = each.differences[_MINE], each.tallies[_MINE]
        yield TagFigure(
            label=each.label,
            higher_is_better=each.higher_is_better,
            value=value.value,
            other=other.value,
            difference=None if apart is None else apart.value,
            low=None if apart is None else apart.low,
            high=None if apart is None else apart.high,
            p=None if apart is None else apart.p,
            rows=value.rows if apart is None else apart.rows,
            wins=None if tally is None else tally.wins,
            ties=None if tally is None else tally.ties,
            losses=None if tally is None else tally.losses,
        )


def _of_examples(other: Subject, head: int, table: ScoreTable) -> TagComparison:
    from store.events import TagComparison, TagFigure

    figures = [
        TagFigure(
            label=each.name,
            higher_is_better=_HIGHER_IS_BETTER[each.name],
            value=value,
            other=against,
            difference=value - against,
            rows=table.measure.examples,
        )
        for each in table.scores
        if each.name in _HIGHER_IS_BETTER
        for value, against in [(each.values[_MINE], each.values[_OTHER])]
        if value is not None and against is not None
    ]
    examples = table.measure.validation or "examples that are not known here"
    return TagComparison(
        other=other.id, name=other.name, head=head, over=f"held out: {examples}", figures=figures
    )
