"""`ftlab models table`: training loss, evaluation loss, perplexity and accuracy of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, reading
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from engine.results import ResultRow

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
        print_results(found)
    else:
        note("No models yet: a job that succeeds makes one.")


def print_results(found: list[ResultRow]) -> None:
    """Print the table that fine-tuning ends with; one for each set of held-out examples."""
    from engine.results import tables
    from tui.cli.output import print_table, say, say_heading
    from tui.result_lines import COLUMNS, table_cells, table_heading

    compared = tables(found)
    for place, table in enumerate(compared):
        if place:
            say()
        say_heading(table_heading(table))
        print_table(COLUMNS, map(table_cells, table.lines))
    if len(compared) > 1:
        say()
        say("Compare within a table only: other examples, or other tokens, are another measure.")
