"""`ftlab compare`: jobs and model versions beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, opened, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    import sqlite3

    from engine.comparing.answer_scores import AnswerScores
    from engine.comparing.comparison import Comparison
    from engine.comparing.data import DataDifference
    from engine.comparing.metrics import Measured
    from engine.comparing.scores import ScoreTable
    from engine.results import ResultRow
    from store.blobs import BlobStore
    from tui.widgets.comparison_table import Section

_EXAMPLES = """\b
Examples:
  ftlab compare first-try long-run
  ftlab compare facts questions --all
  ftlab compare prod candidate --json | jq .metrics
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """All that a comparison says."""

    comparison: Comparison
    data: list[DataDifference]
    scores: list[ScoreTable]
    answers: AnswerScores
    results: list[ResultRow]


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
    help="Two to six jobs or model versions: names, ids or unique beginnings of either.",
)
@click.option("--all", "everything", is_flag=True, help="Also what is the same for all.")
@at_option
@db_option
@json_option
def compare(compared: tuple[str, ...], at: str | None, *, everything: bool, as_json: bool) -> None:
    """Compare jobs and model versions: what differs, and how they did.

    First what was settled differently: data, hyperparameters, environment. Then the metrics, how
    they do on held-out examples, how their recorded answers compare, and the table that fine-tuning
    ends with.
    """
    from tui.cli.output import print_json

    with opened() as lab, standing(lab, at) as connection:
        found = _compare(connection, lab.blobs, compared)
    if as_json:
        print_json(_document(found))
    else:
        _print(found, everything=everything)


def _compare(
    connection: sqlite3.Connection, blobs: BlobStore, references: tuple[str, ...]
) -> _Found:
    from engine.comparing.answer_scores import answer_scores
    from engine.comparing.answers import recorded_answers
    from engine.comparing.comparison import LEAST, MOST, compare
    from engine.comparing.data import data_difference, pairs
    from engine.comparing.scores import score_tables
    from engine.results import results

    found = compare(connection, references)
    if not LEAST <= len(found.subjects) <= MOST:
        different = "different " if len(references) >= LEAST else ""
        raise click.UsageError(
            f"{LEAST} to {MOST} {different}jobs or models can be compared, "
            f"not {len(found.subjects)}"
        )
    models = [each.model.id if each.model is not None else None for each in found.subjects]
    known = [model for model in models if model is not None]
    return _Found(
        found,
        [data_difference(blobs, *pair) for pair in pairs(each.data for each in found.subjects)],
        score_tables([each.scores for each in found.subjects]),
        answer_scores(recorded_answers(connection, blobs, known), models),
        results(connection, known) if known else [],
    )


def _document(found: _Found) -> dict[str, object]:
    compared = found.comparison
    return {
        "compared": [
            {
                "id": each.id,
                "name": each.name,
                "job": each.job.id if each.job else None,
                "model": each.model.id if each.model else None,
            }
            for each in compared.subjects
        ],
        "lineage": compared.lineage,
        "settings": [
            {
                "topic": each.topic,
                "name": each.name,
                "values": each.values,
                "differs": each.differs,
            }
            for each in compared.settings
        ],
        "data": found.data,
        "metrics": [_metric(each) for each in compared.metrics],
        "scores": [
            {
                "measure": table.measure,
                "steps": table.steps,
                "scores": [_metric(each) for each in table.scores],
            }
            for table in found.scores
        ],
        "answers": {
            "prompts": found.answers.prompts,
            "counts": [
                {"name": row.name, "values": row.values, "best": sorted(row.best)}
                for row in found.answers.rows
            ],
        },
        "results": found.results,
    }


def _metric(measured: Measured) -> dict[str, object]:
    return {"name": measured.name, "values": measured.values, "best": sorted(measured.best)}


def _print(found: _Found, *, everything: bool) -> None:
    from tui.cli.output import say
    from tui.cli.results import print_results
    from tui.widgets.comparison_differences import differences
    from tui.widgets.comparison_scores import scores

    names = [each.name for each in found.comparison.subjects]
    sections = differences(
        found.comparison, found.data, everything=everything, more="--all shows them, too"
    )
    for section in (*sections, *scores(found.scores, found.answers)):
        _print_section(section, names)
    if found.results:
        print_results(found.results)
    else:
        say("No model came of any of these jobs yet.")


def _print_section(section: Section, names: list[str]) -> None:
    from tui.cli.output import print_table, say, say_heading, say_wrapped

    if section.title:
        say_heading(section.title)
    if section.rows:
        rows = [
            [row.name, *(" · ".join(cell.marked.splitlines()) for cell in row.cells)]
            for row in section.rows
        ]
        print_table(["", *(f"~{name}" for name in names)], rows)
    for note in section.notes:
        say_wrapped(note)
    say()
