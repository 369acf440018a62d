"""`ftlab models table`: training loss, evaluation loss, perplexity and accuracy of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, reading
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from engine.results import Line, ResultRow, Table

_EXAMPLES = """\b
Examples:
  ftlab models table
  ftlab models table facts questions --json
"""


@click.command(epilog=_EXAMPLES)
@click.argument(
    "models",
    nargs=-1,
    metavar="[MODEL]...",
    shell_complete=names_of("model"),
    help="Names or ids of model versions; all of them if left out.",
)
@at_option
@db_option
@json_option
def table(models: tuple[str, ...], at: str | None, *, as_json: bool) -> None:
    """Compare models: training loss, evaluation loss, perplexity, accuracy.

    A table for each set of held-out examples, where each model stands below the one it was made of.
    Figures of different sets, or in other tokens, cannot be compared. The training loss is the mean
    of the last tenth of the steps.
    """
    from engine.results import results
    from tui.cli.output import note, print_json

    with reading(at) as connection:
        found = results(connection, models)
    if as_json:
        print_json(found)
    elif found:
        _print(found)
    else:
        note("No models yet: a job that succeeds makes one.")


def _print(found: list[ResultRow]) -> None:
    from engine.results import tables
    from tui.cli.output import say, say_heading

    compared = tables(found)
    for place, table in enumerate(compared):
        if place:
            say()
        say_heading(_heading(table))
        _print_lines(table.lines)
    if len(compared) > 1:
        say()
        say("Compare within a table only: other examples, or other tokens, are another measure.")


def _heading(table: Table) -> str:
    from tui.formats import short_model
    from tui.wording import number_of

    measure = table.measure
    if all(line.figures.loss is None for line in table.lines):
        return "Not evaluated"
    examples = measure.validation or "examples that are not known here"
    if measure.examples is not None:
        examples = f"{number_of(measure.examples, 'example')} of {examples}"
    tokens = short_model(measure.tokens)
    if measure.learned_from is not None:
        tokens += f" ({measure.learned_from})"
    return f"On {examples}, in tokens of {tokens}"


def _print_lines(lines: list[Line]) -> None:
    from tui.cli.output import print_table

    print_table(
        ["model", "made of", ">training loss", ">evaluation loss", ">perplexity", ">accuracy"],
        (_cells(line) for line in lines),
    )


def _cells(line: Line) -> list[str]:
    from tui.formats import number, short_model

    figures = line.figures
    return [
        short_model(line.model),
        "-" if line.base_model is None else short_model(line.base_model),
        number(line.training_loss),
        number(figures.loss),
        number(figures.perplexity),
        "-" if figures.accuracy is None else f"{figures.accuracy:.1%}",
    ]
