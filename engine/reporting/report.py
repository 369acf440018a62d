"""What a report says: put together once, written as a page or as Markdown."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.comparing.answers import shared_by
from engine.reporting.curves import Chart, drawn
from engine.reporting.exchanges import Exchanges, of_recordings, of_suite
from engine.reporting.provenance import Provenance, provenance
from engine.reporting.requirements import Judged, judged
from engine.reporting.suites import SuitePart, findings, suite_part
from engine.reporting.tables import (
    Table,
    final_tables,
    metrics_table,
    score_tables,
    settings_tables,
    short_model,
)

if TYPE_CHECKING:
    from engine.comparing.answers import Asked
    from engine.comparing.comparison import Comparison
    from engine.comparing.data import DataDifference
    from engine.comparing.requirements import Verdict
    from engine.comparing.scores import ScoreTable
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import SuiteComparison
    from engine.results import ResultRow

LETTERS = "ABCDEF"
"""What stands for those that are compared, in their order: no colour is needed to tell them."""

_LONGEST = 64
"""How many characters of a name stand over a column."""


@dataclass(frozen=True, slots=True)
class Compared:
    """All that was found out about what is compared.

    Attributes:
        comparison: what differs, and what was measured.
        data: how the dataset versions differ.
        scores: how they do on held-out examples.
        results: what is known of the models.
        answers: the prompts that any of them has recorded answers to.
        suites: how they did in suites.
        no_suites: why that could not be computed; None if it was.
        verdicts: whether what was required of the second beside the first holds.
    """

    comparison: Comparison
    data: Sequence[DataDifference] = ()
    scores: Sequence[ScoreTable] = ()
    results: Sequence[ResultRow] = ()
    answers: Sequence[Asked] = ()
    suites: Sequence[SuiteComparison] = ()
    no_suites: str | None = None
    verdicts: Sequence[Verdict] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """What was typed to make a report.

    Attributes:
        references: what was compared, as it was named.
        options: further options, without those that say where the report goes and as of when.
        file: the name of the report's file; folders are nobody's business.
        at: as of which event or time, if that was asked for.
    """

    references: tuple[str, ...]
    options: tuple[str, ...]
    file: str
    at: str | None = None

    @property
    def typed(self) -> str:
        """The command as it was typed."""
        return self._line(self.at)

    @property
    def again(self) -> str:
        """The command that makes the same report later; `{seq}` stands for the last event."""
        return self._line("{seq}")

    def _line(self, at: str | None) -> str:
        when = [] if at is None else ["--at", at]
        line = ["ftlab", "compare", *self.references, *self.options, *when, "--report", self.file]
        return shlex.join(line).replace("'{seq}'", "{seq}")


@dataclass(frozen=True, slots=True)
class Column:
    """One of those that are compared.

    Attributes:
        letter: what stands for it.
        name: what it is called.
        kind: what it is, and how it ended.
        id: under which id it is recorded.
        lineage: what it was made of, first what all began with, and itself.
        tags: of the model version.
    """

    letter: str
    name: str
    kind: str
    id: str
    lineage: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def short(self) -> str:
        """What it is called over a column: of a very long name the middle is left out."""
        if len(self.name) <= _LONGEST:
            return self.name
        half = _LONGEST // 2
        return f"{self.name[:half]}…{self.name[-half:]}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says, part by part.

    Attributes:
        columns: what is compared.
        findings: what can be told, in sentences.
        differing: what was settled differently, topic by topic.
        same: what was settled alike.
        alone: what was settled for one of them only, because the others were not trained.
        requirements: whether what was required of the second beside the first holds.
        suites: how they did in suites.
        no_suites: why that is not told; None if it is.
        charts: their curves.
        charts_left_out: how many more there would be.
        metrics: the final and best metrics; None if nothing was measured.
        scores: how they do on held-out examples.
        final: the tables that fine-tuning ends with.
        exchanges: prompts and answers side by side.
        made_from: the events that all of this follows from.
    """

    columns: tuple[Column, ...]
    findings: tuple[str, ...]
    differing: tuple[Table, ...]
    same: tuple[Table, ...]
    alone: tuple[Table, ...]
    requirements: tuple[Judged, ...]
    suites: tuple[SuitePart, ...]
    no_suites: str | None
    charts: tuple[Chart, ...]
    charts_left_out: int
    metrics: Table | None
    scores: tuple[Table, ...]
    final: tuple[Table, ...]
    exchanges: tuple[Exchanges, ...]
    made_from: Provenance

    @property
    def title(self) -> str:
        """What is held against what."""
        first, *others = (each.name for each in self.columns)
        return f"{first} and {', '.join(others)}" if others else first


def report(connection: sqlite3.Connection, found: Compared, command: Command) -> Report:
    """Put a report together; the same events make the same one.

    Args:
        connection: where to read the curves and the events.
        found: what was found out already.
        command: what was typed.
    """
    from engine.lab import VERSION

    subjects = found.comparison.subjects
    columns = [_column(*each) for each in zip(LETTERS, subjects, strict=False)]
    names = [each.name for each in columns]
    charts, left_out = drawn(connection, subjects)
    return Report(
        columns=tuple(columns),
        findings=tuple(_findings(found, names)),
        differing=tuple(settings_tables(found.comparison, found.data, "differing")),
        same=tuple(settings_tables(found.comparison, found.data, "same")),
        alone=tuple(settings_tables(found.comparison, found.data, "alone")),
        requirements=tuple(map(judged, found.verdicts)),
        suites=tuple(suite_part(each, names) for each in found.suites),
        no_suites=found.no_suites,
        charts=tuple(charts),
        charts_left_out=left_out,
        metrics=metrics_table(found.comparison.metrics),
        scores=tuple(score_tables(found.scores)),
        final=tuple(final_tables(found.results, subjects, found.suites)),
        exchanges=tuple(_exchanges(found)),
        made_from=provenance(connection, _streams(found), command.typed, command.again, VERSION),
    )


def _column(letter: str, of: Subject) -> Column:
    return Column(
        letter,
        of.name,
        _kind(of),
        of.id,
        (*of.lineage, of.name),
        () if of.model is None else of.model.tags,
    )


def _kind(of: Subject) -> str:
    if of.is_gone:
        return "model, gone"
    if of.job is not None and (of.model is None or of.id == of.job.id):
        return f"job, {of.job.status.replace('_', ' ')}"
    return "model" if of.model is None else f"model, {of.model.kind}"


def _findings(found: Compared, names: Sequence[str]) -> Iterable[str]:
    for each in found.suites:
        yield from findings(each, names)
    for table in found.scores:
        loss = next((row for row in table.scores if row.name == "loss"), None)
        for place in sorted(loss.best) if loss is not None else ():
            value = loss.values[place] if loss is not None else None
            examples = table.measure.validation or "held-out examples"
            yield f"{names[place]} has the lowest evaluation loss on {examples}: {value:.4f}."


def _exchanges(found: Compared) -> Iterable[Exchanges]:
    told: set[str] = set()
    for suite in found.suites:
        if suite.rows:
            told |= {row.digest for row in suite.rows}
            yield of_suite(suite)
    # What a suite asks is not shown again because it was recorded.
    models = [each.recorded_as for each in found.comparison.subjects]
    known = [model for model in models if model is not None]
    others = [each for each in shared_by(found.answers, known) if each.digest not in told]
    if others:
        yield of_recordings(others, models)


def _streams(found: Compared) -> Iterable[str]:
    for each in found.comparison.subjects:
        yield from each.streams
        yield from (
            f"dataset/{version.name}" for version in (each.data, each.validation) if version
        )
    for suite in found.suites:
        yield f"suite/{suite.suite.name}"


def lineage_words(column: Column) -> list[str]:
    """Return what something was made of, in short names."""
    return [short_model(name) for name in column.lineage]
