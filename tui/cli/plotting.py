"""`ftlab jobs plot`: curves as a picture in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, reading
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from engine.curves.plot import X

_EXAMPLES = """\b
Examples:
  ftlab jobs plot first-try -o loss.svg
  ftlab jobs plot first-try long-run --smooth 0.6 -o both.png
  ftlab jobs plot first-try --name grad_norm --name learning_rate --x epoch -o more.pdf
"""
_FORMATS = (".svg", ".png", ".pdf")


def _picture(_context: click.Context, _parameter: click.Parameter, file: Path) -> Path:
    if file.suffix.lower() not in _FORMATS:
        raise click.BadParameter(f"{file.name} ends in none of {', '.join(_FORMATS)}")
    return file


picture_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    callback=_picture,
    metavar="FILE",
    help="Where to: an .svg, .png or .pdf.",
)


@click.command(epilog=_EXAMPLES)
@click.argument(
    "jobs",
    nargs=-1,
    required=True,
    metavar="JOB…",
    shell_complete=names_of("job"),
    help="Names, ids or unique beginnings of jobs; their curves are overlaid.",
)
@picture_option
@click.option("--replace", is_flag=True, help="A file of this name that is there already may go.")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="METRIC",
    help="A metric, in a panel of its own; the loss with its evaluations if none is named.",
)
@click.option(
    "--x",
    type=click.Choice(("step", "epoch", "tokens", "time")),
    default="step",
    show_default=True,
    help="What the x axis counts.",
)
@click.option("--log", is_flag=True, help="Draw the y axis with logarithms.")
@click.option(
    "--smooth",
    type=click.FloatRange(min=0, max=1, max_open=True),
    default=0.0,
    metavar="WEIGHT",
    help="Smooth by this weight of the past, as TensorBoard does; from 0 to below 1.",
)
@at_option
@db_option
@json_option
def plot(
    jobs: tuple[str, ...],
    output: Path,
    names: tuple[str, ...],
    x: X,
    smooth: float,
    at: str | None,
    *,
    replace: bool,
    log: bool,
    as_json: bool,
) -> None:
    """Draw curves of jobs, overlaid, into a picture. Of a long series all its spikes stay."""
    from engine.curves.plot import PlotWish, plot
    from store.queries.jobs import find_job
    from tui.cli.output import note, print_json, say

    with reading(at) as connection:
        found = [find_job(connection, job) for job in jobs]
        drawn = plot(connection, found, output, PlotWish(names, x, log, smooth), replace=replace)
    for name in drawn.left_out:
        note(f"note: {name} is left out: it has nothing of this")
    if as_json:
        print_json(drawn)
    else:
        say(drawn.file)
