"""`ftlab data sample`."""

from __future__ import annotations

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

_EXAMPLES = """\b
Examples:
  ftlab data sample support --size 500 --name support-small
  ftlab data sample support --size 0.1 --stratify answer --name support-tenth
  ftlab data sample support --size 50 --take longest --name support-long
"""


@click.command(epilog=_EXAMPLES)
@dataset_argument
@click.option("--size", required=True, help="Fraction (0.1) or number (100) of examples.")
@click.option("--name", required=True, help="The new dataset's name.")
@click.option(
    "--take",
    type=click.Choice(["random", "shortest", "longest"]),
    default="random",
    show_default=True,
    help="Which ones.",
)
@click.option(
    "--stratify",
    metavar="COLUMN",
    help="What shall keep its shares: a column, or answer, prompt, system, length.",
)
@click.option(
    "--seed", type=int, metavar="N", default=0, show_default=True, help="Another seed draws others."
)
@db_option
@json_option
def sample(
    dataset: str, size: str, name: str, take: str, stratify: str | None, seed: int, *, as_json: bool
) -> None:
    """Make a smaller version: at random, in proportion, or by length."""
    from typing import cast

    from engine.data.versions.sampling import Sample, Take
    from engine.data.versions.splitting import parse_size
    from tui.cli.data.recorded import say_versions
    from tui.cli.output import print_json
    from tui.cli.progress import bytes_read

    wanted = Sample(parse_size(size), cast("Take", take), stratify, seed)
    with opened() as lab:
        with bytes_read(f"Sampling {dataset}") as progress:
            version = lab.datasets.sample(dataset, name, wanted, progress)
        if as_json:
            print_json(version)
        else:
            say_versions(lab.database.reader, version)
