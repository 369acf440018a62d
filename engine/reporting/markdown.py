"""A report as Markdown, as GitHub reads it: for an issue, a pull request or a wiki.

Curves are left as figures with their course in block characters: Markdown has no drawings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from engine.reporting import words
from engine.reporting.cleaning import in_one_line
from engine.reporting.markdown_text import code, difference, escaped, inline, quoted
from engine.reporting.report import LETTERS, lineage_words

if TYPE_CHECKING:
    from engine.reporting.curves import Chart
    from engine.reporting.exchanges import Exchange, Exchanges
    from engine.reporting.provenance import Provenance
    from engine.reporting.report import Report
    from engine.reporting.suites import Measure
    from engine.reporting.tables import Table

BEST = "★"


def markdown(said: Report) -> str:
    """Return a report as Markdown; whatever is from outside is text in it and no markup."""
    parts = chain(
        _head(said),
        _findings(said),
        _differing(said),
        _requirements(said),
        _suites(said),
        _charts(said.charts, said),
        _metrics(said),
        _answers(said.exchanges, said),
        _lineage(said),
        _made_from(said.made_from),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> str:
    """Return a table of cells that are Markdown already."""
    rule = ["---", *("--:" if numbers else "---" for _ in columns[1:])]
    lines = (f"| {' | '.join(cells)} |" for cells in (columns, rule, *rows))
    return "\n".join(lines)


def _head(said: Report) -> Iterator[str]:
    made = said.made_from
    yield f"# {inline(said.title)}"
    yield (
        f"Compared by ftlab {made.ftlab}, as recorded up to event {words.count(made.seq)}, "
        f"{words.moment(made.at)}."
    )
    yield _table(
        ("", "what", "is", "id", "tags"),
        (
            [
                column.letter,
                inline(column.name),
                inline(column.kind),
                code(column.id),
                inline(", ".join(column.tags)) or words.NONE,
            ]
            for column in said.columns
        ),
        numbers=False,
    )


def _findings(said: Report) -> Iterator[str]:
    if said.findings:
        yield "## In short"
        yield "\n".join(f"- {escaped(in_one_line(line))}" for line in said.findings)


def _differing(said: Report) -> Iterator[str]:
    yield "## What differs"
    if not said.differing and not said.alone:
        yield "They differ in nothing that is recorded of them."
    for table in said.differing:
        yield from _plain_table(table, said)
    yield from _folded("What is the same for all", said.same, said)
    alone = "What has nothing beside it, for only one of these was trained here"
    yield from _folded(alone, said.alone, said)


def _folded(summary: str, tables: Sequence[Table], said: Report) -> Iterator[str]:
    if not tables:
        return
    yield f"<details><summary>{summary}</summary>"
    for table in tables:
        yield from _plain_table(table, said)
    yield "</details>"


def _plain_table(of: Table, said: Report) -> Iterator[str]:
    if of.title:
        title = inline(of.title)
        yield f"### {title[:1].upper()}{title[1:]}"
    columns = of.columns or [f"{each.letter} {each.short}" for each in said.columns]
    if of.rows:
        yield _table(
            ["", *map(inline, columns)],
            (
                [inline(row.name), *(_cell(cell.text, is_best=cell.is_best) for cell in row.cells)]
                for row in of.rows
            ),
            numbers=of.is_of_numbers,
        )
    yield from (escaped(in_one_line(note)) for note in of.notes)


def _cell(text: str, *, is_best: bool) -> str:
    return f"**{inline(text)}** {BEST}" if is_best else inline(text)


def _requirements(said: Report) -> Iterator[str]:
    if not said.requirements:
        return
    yield "## Requirements"
    yield f"Of {inline(said.columns[1].name)}, beside {inline(said.columns[0].name)}:"
    yield "\n".join(
        f"- {'✓' if each.holds else '✗'} {code(each.text)}: {inline(each.figures)}"
        f"{': ' if each.why_not else ''}{inline(each.why_not)}"
        for each in said.requirements
    )


def _suites(said: Report) -> Iterator[str]:
    if said.suites or said.no_suites:
        yield "## Suites"
    if said.no_suites:
        yield inline(said.no_suites)
    for suite in said.suites:
        yield f"### {inline(suite.name)}, {words.number_of(suite.prompts, 'prompt')}"
        yield from (f"> {inline(line)}" for line in suite.notes)
        yield _table(
            (
                "scorer",
                "",
                "figure",
                "95% interval",
                "against A",
                "95% interval",
                "p",
                "better · same · worse",
            ),
            chain.from_iterable(_measure(each, said) for each in suite.measures),
        )
        told = ((each, filter(None, (each.says, each.better))) for each in suite.measures)
        yield "\n".join(
            f"- {code(each.label)}: {' · '.join(map(inline, words_of))}" for each, words_of in told
        )
        if suite.costs is not None:
            yield from _plain_table(suite.costs, said)


def _measure(of: Measure, said: Report) -> Iterator[list[str]]:
    for line in of.lines:
        column = said.columns[line.place]
        difference = " ".join(filter(None, (line.difference, line.ratio)))
        yield [
            code(of.label).replace("|", "\\|"),
            f"{column.letter} {inline(column.short)}",
            _cell(line.figure, is_best=line.is_best),
            line.interval,
            difference,
            line.between,
            inline(line.p),
            "" if line.tally is None else " · ".join(map(str, line.tally)),
        ]


def _charts(charts: Sequence[Chart], said: Report) -> Iterator[str]:
    if not charts:
        return
    yield "## Curves"
    yield _table(
        ("metric", "", "course", "points", "first step", "last step", "lowest", "highest", "last"),
        (
            [
                inline(curve.metric),
                f"{LETTERS[curve.place]} {inline(said.columns[curve.place].short)}",
                curve.sparks,
                words.count(curve.summary.count),
                words.count(curve.summary.first_step),
                words.count(curve.summary.last_step),
                *(
                    words.metric(curve.metric, value)
                    for value in (curve.summary.low, curve.summary.high, curve.summary.last)
                ),
            ]
            for chart in charts
            for curve in chart.curves
        ),
    )
    yield "Each course is on a scale of its own. A report in HTML has the curves as drawings."


def _metrics(said: Report) -> Iterator[str]:
    if said.metrics is not None:
        yield "## Final and best metrics"
        yield from _plain_table(said.metrics, said)
    for table in said.scores:
        yield from _plain_table(table, said)
    if said.final:
        yield "## Models"
    for table in said.final:
        yield from _plain_table(table, said)


def _answers(found: Sequence[Exchanges], said: Report) -> Iterator[str]:
    if not found:
        return
    yield "## Answers"
    yield (
        "Words of an answer that A's does not have are **bold**, words that it lacks are "
        "~~struck out~~. Of answers that have little in common none are marked."
    )
    for each in found:
        yield f"### {inline(each.title)}"
        if len(each.rows) < each.of:
            yield (
                f"The {len(each.rows)} of {words.number_of(each.of, 'prompt')} whose answers are "
                "most apart."
            )
        if each.system is not None:
            yield f"*Every prompt begins with*\n\n{quoted(escaped(each.system))}"
        for number, row in enumerate(each.rows, 1):
            yield from _exchange(number, row, said)


def _exchange(number: int, row: Exchange, said: Report) -> Iterator[str]:
    yield f"#### {number}"
    for role, text in row.messages:
        yield f"*{inline(role)}*\n\n{quoted(escaped(text))}"
    if row.reference:
        yield f"*hoped for*\n\n{quoted(escaped(row.reference))}"
    for column, answer in zip(said.columns, row.answers, strict=True):
        scores = ", ".join(f"{code(label)} {inline(value)}" for label, value in answer.scores)
        heading = f"**{column.letter} {inline(column.name)}**"
        told = " · ".join(filter(None, (heading, inline(answer.note), scores)))
        yield told if answer.is_missing else f"{told}\n\n{quoted(difference(answer.spans))}"


def _lineage(said: Report) -> Iterator[str]:
    yield "## Lineage"
    yield "\n".join(
        f"- {column.letter} {' → '.join(map(inline, lineage_words(column)))}"
        for column in said.columns
    )


def _made_from(made: Provenance) -> Iterator[str]:
    yield "## The events that this was made from"
    yield (
        f"Everything here follows from events 1 to {words.count(made.seq)} of the log "
        f"{code(made.log)}. The hash of the last one stands for all of them: {code(made.hash)}."
    )
    verify = "recomputes the chain, and prints the last hash: this one, if nothing came since."
    again = f"makes this report anew; `ftlab --at {made.seq}` opens the dashboard as of then."
    yield f"- `ftlab verify` {verify}"
    yield f"- `ftlab history --at {made.seq} --limit 1 --json` prints that event with its hash."
    yield f"- {code(made.again)} {again}"
    yield f"It was made by {code(made.command)}."
    yield _table(
        ("stream", "events", "from", "to", "hash at the last one"),
        (
            [
                code(part.stream).replace("|", "\\|"),
                words.count(part.events),
                words.count(part.first),
                words.count(part.last),
                code(part.hash[:16]),
            ]
            for part in made.streams
        ),
    )
