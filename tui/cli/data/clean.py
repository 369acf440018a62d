"""`ftlab data clean`."""

from __future__ import annotations

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

_PREVIEWED = 10

_EXAMPLES = """\b
Examples:
  ftlab data clean --list
  ftlab data clean support --steps all --preview
  ftlab data clean support --steps strip,fix-encoding,dedupe
  ftlab data clean support --steps all,-mask-secrets,near-dedupe:0.9 --name support-clean

\b
The steps work in an order of their own, in whatever order they are written.
"""


def _list_steps(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from engine.data.cleaning.steps import STEPS
    from tui.cli.output import print_table

    print_table(
        ["step", "in all", "what it does"],
        [[step.name, "yes" if step.in_all else "", step.explanation] for step in STEPS],
    )
    context.exit()


@click.command(epilog=_EXAMPLES)
@dataset_argument
@click.option("--steps", required=True, metavar="STEPS", help="The steps, or all.")
@click.option("--name", help="Another dataset's name [default: its own next version].")
@click.option("--preview", is_flag=True, help="Show what would change first; record nothing.")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_steps,
    help="List the steps that there are.",
)
@db_option
@json_option
def clean(dataset: str, steps: str, name: str | None, *, preview: bool, as_json: bool) -> None:
    """Make a cleaned version. Every change is counted, and nothing is left out silently."""
    from engine.data.cleaning.recipe import Recipe
    from tui.cli.data.previewing import print_preview, print_tally
    from tui.cli.data.recorded import say_versions
    from tui.cli.output import print_json, say
    from tui.cli.progress import bytes_read

    recipe = Recipe.parse(steps)
    with opened() as lab:
        if preview:
            changes = lab.datasets.preview(dataset, recipe, _PREVIEWED)
            print_preview(changes, "row", as_json=as_json)
            return
        with bytes_read(f"Cleaning {dataset}") as progress:
            version, tally = lab.datasets.clean(dataset, recipe, name, progress)
        if as_json:
            print_json({"version": version, "cleaned": tally.to_json()})
            return
        say_versions(lab.database.reader, version)
    print_tally(tally, "row")
    if not tally.steps:
        say("Nothing had to be changed.")
