"""`ftlab models table`: training loss, evaluation loss, perplexity and accuracy of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, reading
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from engine.results import Figures, ResultRow

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

    Each model stands below the one it was made of, both on the examples held out for it. The
    training loss is the mean of the last tenth of the steps.
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
    from tui import formats
    from tui.cli.output import print_table

    rows = []
    for row in found:
        examples = "-" if row.examples is None else f"{row.examples:,}"
        if row.before.loss is not None:
            base = formats.short_model(row.base_model)
            rows.append([f"{base} (before)", "-", *_cells(row.before), examples])
        training = formats.number(row.training_loss)
        rows.append([row.model, training, *_cells(row.evaluation), examples])
    print_table(
        ["model", ">training loss", ">evaluation loss", ">perplexity", ">accuracy", ">examples"],
        rows,
    )


def _cells(figures: Figures) -> list[str]:
    from tui import formats

    accuracy = "-" if figures.accuracy is None else f"{figures.accuracy:.1%}"
    return [formats.number(figures.loss), formats.number(figures.perplexity), accuracy]
