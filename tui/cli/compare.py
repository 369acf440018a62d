"""`ftlab compare`: jobs and models beside each other, and a gate for those that are to go live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, opened, standing
from tui.cli.options import at_option, json_option
from tui.cli.reporting import replace_option, report_option

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from engine.comparing.answer_scores import AnswerScores
    from engine.comparing.answers import Asked
    from engine.comparing.comparison import Comparison
    from engine.comparing.data import DataDifference
    from engine.comparing.requirements import Requirement, Verdict
    from engine.comparing.scores import ScoreTable
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import SuiteComparison
    from engine.results import ResultRow
    from store.blobs import BlobStore

_NOT_MET = 1
_EXAMPLES = """\b
Examples:
  ftlab compare first-try long-run
  ftlab compare facts questions --all
  ftlab compare smollm2-135m my-run --suite math --rows 10
  ftlab compare prod candidate --json | jq .metrics
  ftlab compare prod candidate --report candidate.html

\b
As a gate, where the first is the model that stands and the second the candidate:
  ftlab compare prod candidate --suite tickets --require 'exact_match>=-0.01'
  ftlab compare prod candidate --suite tickets --confident \\
      --require 'cost<=1.2x' --require 'latency<=2x' --require 'perplexity<=1.05x'

\b
A requirement names a scorer (`ftlab suite scorers` lists them), or cost,
latency, loss, perplexity, accuracy. A number bounds the difference, candidate
minus the other; one with an x behind it bounds how many times as large the
candidate's figure is. The exit status is 0 if all hold, 1 if one does not, and
2 if one cannot be read or told.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """All that a comparison says.

    Attributes:
        comparison: what differs, and what was measured.
        data: how the dataset versions differ.
        scores: how they do on held-out examples.
        asked: the prompts that any of them has recorded answers to.
        answers: what was counted of these.
        results: what is known of the model versions.
        suites: how they did in suites.
        no_suites: why that could not be computed; None if it was.
        verdicts: whether the requirements hold.
    """

    comparison: Comparison
    data: list[DataDifference]
    scores: list[ScoreTable]
    asked: list[Asked]
    answers: AnswerScores
    results: list[ResultRow]
    suites: list[SuiteComparison]
    no_suites: str | None
    verdicts: list[Verdict]


class _RequirementType(click.ParamType["Requirement"]):
    """A requirement as it is typed."""

    name = "requirement"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Requirement:
        """Return the requirement; wrong usage if it is none."""
        from engine.comparing.requirements import parse
        from engine.errors import RequestError

        try:
            return parse(str(value))
        except RequestError as error:
            self.fail(str(error), param, ctx)


def _complete(context: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    jobs = names_of("job")(context, parameter, start)
    return [*jobs, *names_of("model")(context, parameter, start)]


@click.command(epilog=_EXAMPLES)
@click.argument(
    "compared",
    nargs=-1,
    required=True,
    metavar="JOB|MODEL JOB|MODEL…",
    shell_complete=_complete,
    help="Two to six jobs or models: names, ids, tags, unique beginnings, evaluated base models.",
)
@click.option("--all", "everything", is_flag=True, help="Also what is the same for all.")
@click.option(
    "--suite",
    metavar="SUITE",
    shell_complete=names_of("suite"),
    help="Only this suite: name, name@version or id [default: all that two were evaluated by].",
)
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="Show so many prompts of each suite, those first where models differ most.",
)
@click.option(
    "--require",
    "requirements",
    type=_RequirementType(),
    multiple=True,
    metavar="'METRIC>=N'",
    help="Fail unless this holds of the second beside the first, see below. May be repeated.",
)
@click.option(
    "--confident",
    is_flag=True,
    help="A requirement has to hold for the whole 95% interval, not for the figure alone.",
)
@report_option
@replace_option
@at_option
@db_option
@json_option
@click.pass_context
def compare(
    context: click.Context,
    compared: tuple[str, ...],
    suite: str | None,
    rows: int,
    requirements: tuple[Requirement, ...],
    report: Path | None,
    at: str | None,
    *,
    replace: bool,
    everything: bool,
    confident: bool,
    as_json: bool,
) -> None:
    """Compare jobs and models: what differs, and how they did.

    First what was settled differently: data, hyperparameters, environment. Then the metrics, how
    they do on held-out examples, how their recorded answers compare, how they did in suites, where
    their answers are furthest apart, and the table that fine-tuning ends with.
    """
    from engine.reporting.provenance import one_state
    from tui.cli.compare_document import document
    from tui.cli.output import print_json
    from tui.cli.reporting import check_report, typed, write_report

    check_report(report, replace=replace)
    if confident and not requirements:
        raise click.UsageError("--confident says how a --require is meant: there is none")
    with opened() as lab, standing(lab, at) as connection, one_state(connection):
        found = _compare(connection, lab.blobs, compared, suite, requirements, confident=confident)
        if report is not None:
            write_report(connection, found, typed(context, report), report, replace=replace)
    if as_json:
        print_json(document(found))
    else:
        _print(found, rows, everything=everything)
    if not all(verdict.holds for verdict in found.verdicts):
        context.exit(_NOT_MET)


def _compare(
    connection: sqlite3.Connection,
    blobs: BlobStore,
    references: tuple[str, ...],
    suite: str | None,
    requirements: Sequence[Requirement],
    *,
    confident: bool,
) -> Found:
    from engine.comparing.answer_scores import answer_scores
    from engine.comparing.answers import recorded_answers
    from engine.comparing.comparison import compare
    from engine.comparing.data import data_differences
    from engine.comparing.requirements import verdicts
    from engine.comparing.scores import score_tables
    from engine.results import results

    found = compare(connection, references)
    subjects = found.subjects
    _require_some(subjects, references)
    recorded = [each.recorded_as for each in subjects]
    known = [each for each in recorded if each is not None]
    asked = recorded_answers(connection, blobs, known)
    models = [each.model.id for each in subjects if each.model is not None]
    suites, no_suites = _suites(
        connection, blobs, subjects, suite, needed=bool(suite or requirements)
    )
    tables = score_tables([each.scores for each in subjects])
    return Found(
        comparison=found,
        data=data_differences(blobs, subjects),
        scores=tables,
        asked=asked,
        answers=answer_scores(asked, recorded),
        results=results(connection, models) if models else [],
        suites=suites,
        no_suites=no_suites,
        verdicts=verdicts(requirements, subjects, suites, tables, confident=confident)
        if requirements
        else [],
    )


def _require_some(subjects: Sequence[Subject], references: Sequence[str]) -> None:
    from engine.comparing.comparison import LEAST, MOST

    if not LEAST <= len(subjects) <= MOST:
        different = "different " if len(references) >= LEAST else ""
        raise click.UsageError(
            f"{LEAST} to {MOST} {different}jobs or models can be compared, not {len(subjects)}"
        )


def _suites(
    connection: sqlite3.Connection,
    blobs: BlobStore,
    subjects: Sequence[Subject],
    suite: str | None,
    *,
    needed: bool,
) -> tuple[list[SuiteComparison], str | None]:
    """Compare how they did in suites; without what that is computed with, say so instead.

    Raises:
        RequestError: if that is missing, and somebody asked for a suite: nothing can be told.
    """
    from engine.comparing.suites import suite_comparisons
    from engine.data.errors import MissingPackageError
    from engine.errors import RequestError

    try:
        return suite_comparisons(connection, blobs, subjects, suite), None
    except MissingPackageError as error:
        if needed:
            raise RequestError(str(error)) from error
        return [], str(error)


def _print(found: Found, rows: int, *, everything: bool) -> None:
    from tui.cli.compare_gate import print_verdicts
    from tui.cli.compare_results import print_final
    from tui.cli.compare_sections import print_sections
    from tui.cli.compare_suites import print_suites
    from tui.cli.output import say, say_wrapped

    print_sections(found, everything=everything)
    print_suites(found.comparison.subjects, found.suites, rows)
    if found.no_suites is not None:
        say_wrapped(found.no_suites)
        say()
    print_final(found.comparison.subjects, found.results, found.suites)
    if found.verdicts:
        say()
        print_verdicts(found.comparison.subjects, found.verdicts)
