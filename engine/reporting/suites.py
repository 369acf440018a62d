"""How models did in a suite, line by line: figures, differences, and how certain they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.reporting.bars import Bar, bars_of_differences, bars_of_figures
from engine.reporting.tables import Cell, Row, Table
from engine.reporting.words import (
    between,
    change,
    change_between,
    figure,
    money,
    number_of,
    p_value,
    ratio,
)

if TYPE_CHECKING:
    from engine.comparing.suites import Scored, SuiteComparison
    from engine.statistics.paired import Difference, Estimate, Tally

_HOW = {"cost": ("cheaper", "dearer"), "latency": ("faster", "slower")}
_USUAL = ("better", "worse")


@dataclass(frozen=True, slots=True)
class Line:
    """What a scorer says of one of those that are compared, in words.

    Attributes:
        place: the place of what is compared.
        figure: its figure.
        interval: where that lies, at 95%; empty where that is not known.
        is_best: whether it is the best of them.
        bar: the interval, drawn.
        difference: how far it is from the first.
        between: where the difference lies, at 95%.
        ratio: how many times as large as the first's it is, if that says something.
        difference_bar: the difference, drawn.
        p: how likely such a difference is by chance.
        tally: how many rows it did better, as well and worse than the first.
    """

    place: int
    figure: str
    interval: str
    is_best: bool
    bar: Bar | None
    difference: str
    between: str
    ratio: str
    difference_bar: Bar | None
    p: str
    tally: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a scorer says of all that is compared.

    Attributes:
        label: the scorer as it is typed, and beside whose answers, if any.
        says: what it measures.
        better: which figures are better, in words.
        rows: of how many prompts.
        lines: a line for each that is compared and has a figure.
    """

    label: str
    says: str
    better: str
    rows: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SuitePart:
    """A suite in a report.

    Attributes:
        name: as `name@version`.
        prompts: how many it has.
        measures: what was found.
        notes: what has to be known to read this, in sentences.
        costs: what the evaluations cost, and the judges apart from that; None if nobody knows.
    """

    name: str
    prompts: int
    measures: tuple[Measure, ...]
    notes: tuple[str, ...]
    costs: Table | None = None


def suite_part(found: SuiteComparison, names: Sequence[str]) -> SuitePart:
    """Return what is told of a suite.

    Args:
        found: how models did in it.
        names: what they are called.
    """
    return SuitePart(
        f"{found.suite.name}@{found.suite.version}",
        found.prompts,
        tuple(_measure(each) for each in found.scorers if any(each.figures)),
        tuple(found.warnings),
        _costs(found, names),
    )


def _costs(found: SuiteComparison, names: Sequence[str]) -> Table | None:
    """Return what the models' own answers cost, and apart from that what judging them did."""
    told = [(name, cost) for name, cost in zip(names, found.costs, strict=False) if cost.is_known]
    if not told:
        return None
    judged = any(cost.judge is not None for _, cost in told)
    rows = (
        Row(name, (Cell(money(cost.answers)), *([Cell(money(cost.judge))] if judged else [])))
        for name, cost in told
    )
    columns = ("of all answers", *(["of judging them"] if judged else []))
    title = f"What the evaluations by {found.suite.name}@{found.suite.version} cost"
    return Table(title, tuple(rows), columns=columns)


def _measure(of: Scored) -> Measure:
    bars = bars_of_figures(of.figures, of.unit)
    apart = bars_of_differences(of.differences)
    lines = []
    for place, value in enumerate(of.figures):
        if value is None:
            continue
        difference = of.differences[place]
        times = of.ratios[place] if of.ratios else None
        tally = of.tallies[place]
        lines.append(
            Line(
                place,
                figure(value.value, of.unit),
                _between(value, of.unit),
                place in of.best,
                bars[place],
                "" if difference is None else change(difference.value, of.unit),
                "" if difference is None else _change_between(difference, of.unit),
                "" if times is None else ratio(times.value),
                apart[place],
                "" if difference is None else p_value(difference.p),
                None if tally is None else (tally.wins, tally.ties, tally.losses),
            )
        )
    return Measure(of.title, of.says, _better(of), of.rows, tuple(lines))


def _better(of: Scored) -> str:
    if of.higher_is_better is None:
        return ""
    return "higher is better" if of.higher_is_better else "lower is better"


def _between(value: Estimate, unit: str) -> str:
    return "" if value.alike else between(value.low, value.high, unit)


def _change_between(value: Difference, unit: str) -> str:
    return "" if value.alike else change_between(value.low, value.high, unit)


def findings(found: SuiteComparison, names: Sequence[str]) -> list[str]:
    """Say in sentences what can be told of the models by this suite, and what cannot.

    A difference is told where its 95% interval lies on one side of none.
    """
    suite = f"{found.suite.name}@{found.suite.version}"
    told: list[str] = []
    for place in range(1, len(names)):
        open_ones = []
        for each in found.scorers:
            difference = each.differences[place]
            if difference is None:
                continue
            if difference.low <= 0 <= difference.high:
                open_ones.append(each.title)
            elif each.higher_is_better is not None:
                told.append(_told(each, place, names, suite))
        if open_ones:
            told.append(
                f"Between {names[place]} and {names[0]} no difference can be told on {suite} by "
                f"{_listed(open_ones)}: its 95% interval reaches over 0."
            )
    return told


def _told(of: Scored, place: int, names: Sequence[str], suite: str) -> str:
    difference, tally = of.differences[place], of.tallies[place]
    mine, first = of.figures[place], of.figures[0]
    if difference is None or mine is None or first is None:
        return ""
    is_better = (difference.value > 0) == bool(of.higher_is_better)
    how = _HOW.get(of.label, _USUAL)[0 if is_better else 1]
    by = "" if of.label in _HOW else f" by {of.title}"
    interval = _change_between(difference, of.unit)
    sign = "" if p_value(difference.p).startswith("<") else "= "
    certain = (
        change(difference.value, of.unit),
        *((f"95% interval {interval}",) if interval else ()),
        f"p {sign}{p_value(difference.p)}",
        *(() if tally is None else (_tally_words(tally),)),
    )
    return (
        f"{names[place]} is {how} than {names[0]}{by} on {suite}: {figure(mine.value, of.unit)} "
        f"against {figure(first.value, of.unit)} ({', '.join(certain)})."
    )


def _tally_words(tally: Tally) -> str:
    rows = number_of(tally.wins + tally.ties + tally.losses, "prompt")
    return f"better on {tally.wins}, worse on {tally.losses} of {rows}"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
