"""`ftlab evals`: how models did in suites."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from store.recording_status import COMPLETED
from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.names import names_of
from tui.cli.opening import db_option, opened, reading, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    import sqlite3

    from engine.evaluation.reading import Answered
    from store.queries.evaluations import EvaluationRow

_TO_THE_MINUTE = len("2026-11-20 18:30")

_EXAMPLES = """\b
Examples:
  ftlab evals
  ftlab evals --suite tickets --model support-2
  ftlab evals show eval_01K
  ftlab evals show eval_01K --worst exact_match --limit 20
"""


@click.group(cls=CommandGroup, invoke_without_command=True, epilog=_EXAMPLES)
@click.option("--suite", metavar="S", shell_complete=names_of("suite"), help="Only of this suite.")
@click.option("--model", metavar="MODEL", shell_complete=names_of("model"), help="Only of this.")
@at_option
@db_option
@json_option
@click.pass_context
def evals(
    context: click.Context,
    suite: str | None,
    model: str | None,
    at: str | None,
    *,
    as_json: bool,
) -> None:
    """How models did in suites: list, look into.

    Without a command: list evaluations, newest first. `ftlab eval SUITE MODEL` makes them.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from tui.cli.evaluation_output import evaluation_as_json
    from tui.cli.output import note, print_json

    with reading(at) as connection:
        found = _chosen(connection, suite, model)
        suites = _names(connection)
    if as_json:
        print_json([evaluation_as_json(row) for row in found])
    elif found:
        _print_list(found, suites)
    else:
        note("No evaluations yet: `ftlab eval SUITE MODEL` makes one.")


def _chosen(
    connection: sqlite3.Connection, suite: str | None, model: str | None
) -> list[EvaluationRow]:
    from store.queries.evaluations import evaluation_list
    from store.queries.suites import suite as find

    wanted = None if suite is None else find(connection, suite).id
    rows = evaluation_list(connection, suite=wanted)
    if model is None:
        return rows
    return [row for row in rows if model in (row.model, row.name) or row.name.startswith(model)]


def _names(connection: sqlite3.Connection) -> dict[str, str]:
    from store.queries.suites import suite_list

    return {row.id: f"{row.name}@{row.version}" for row in suite_list(connection)}


def _print_list(found: list[EvaluationRow], suites: dict[str, str]) -> None:
    from tui import wording
    from tui.cli.evaluation_output import figure, state
    from tui.cli.output import print_table
    from tui.cli.recordings import short_name

    def figures(row: EvaluationRow) -> str:
        told: list[dict[str, Any]] = json.loads(row.figures_json)
        return ", ".join(f"{each['label']} {figure(each)}" for each in told[:2])

    print_table(
        ["evaluation", "~suite", "~~model", ">answers", "~scores", "when"],
        (
            [
                row.id,
                suites.get(row.suite, row.suite),
                short_name(row.name),
                "?" if row.answers is None else f"{row.answers:,}",
                figures(row) if row.status == COMPLETED else state(row),
                wording.local_time(row.updated_at)[:_TO_THE_MINUTE],
            ]
            for row in found
        ),
    )


@evals.command()
@click.argument(
    "evaluation",
    metavar="EVALUATION",
    shell_complete=names_of("evaluation"),
    help="An evaluation's id, or its model's name for the newest of that model.",
)
@click.option("--worst", metavar="SCORER", help="Those first that this scorer likes least.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    metavar="N",
    help="Answers to show.",
)
@at_option
@db_option
@json_option
def show(evaluation: str, worst: str | None, limit: int, at: str | None, *, as_json: bool) -> None:
    """Show how a model did, and its answers with their scores."""
    from engine.evaluation.reading import answered
    from store.queries.evaluations import evaluation as find
    from tui.cli.evaluation_output import evaluation_as_json
    from tui.cli.output import plain, print_json

    with opened() as lab, standing(lab, at) as connection:
        row = find(connection, evaluation)
        found = answered(connection, lab.blobs, row, worst)[:limit]
        suite = _names(connection).get(row.suite, row.suite)
    if as_json:
        print_json({**evaluation_as_json(row), "shown": [plain(each) for each in found]})
        return
    _print(row, suite, found)


def _print(row: EvaluationRow, suite: str, found: list[Answered]) -> None:
    from tui import wording
    from tui.cli.evaluation_output import figure, remarks, state
    from tui.cli.output import note, print_fields, say, say_lines
    from tui.cli.recordings import cost

    told: list[dict[str, Any]] = json.loads(row.figures_json)
    print_fields(
        [
            ("evaluation", f"{row.id}  {row.name} by {suite}"),
            ("state", state(row)),
            *((each["label"], f"{figure(each)}  of {each['rows']}") for each in told),
            ("answers", None if row.answers is None else f"{row.answers:,} of {row.count:,}"),
            ("refused", f"{row.refused}" if row.refused else None),
            ("no score", f"{row.faults}" if row.faults else None),
            ("cost", cost(row.cost)),
            ("judge cost", cost(row.judge_cost)),
            ("ended", wording.local_time(row.updated_at)),
        ]
    )
    for said in remarks(row):
        note(said)
    for number, each in enumerate(found, 1):
        say()
        say(f"{number}. {each.question}")
        if each.reference is not None:
            say_lines(each.reference, "   hoped for: ")
        say_lines(each.answer if each.answer is not None else f"✗ {each.error}", "   -> ")
        for name, value in each.scores.items():
            detail = each.details.get(name)
            said = "no score" if value is None else f"{value:.4g}"
            say(f"   {name} {said}{f'  ({detail})' if detail else ''}")
