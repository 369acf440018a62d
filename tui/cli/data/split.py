"""`ftlab data split`."""

from __future__ import annotations

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

_SPLIT_EXAMPLES = """\b
Examples:
  ftlab data split gsm8k --test 0.1 --validation 0.05
  ftlab data split support@2 --test 200 --seed 7
  ftlab data split moods --test 0.2 --stratify answer
  ftlab data split support --test 0.1 --group customer
"""


@click.command(epilog=_SPLIT_EXAMPLES)
@dataset_argument
@click.option(
    "--test",
    default="0.1",
    show_default=True,
    help="Fraction (0.1) or number (100) of examples to keep for testing.",
)
@click.option(
    "--validation", default="0", show_default=True, help="The same, to watch training with."
)
@click.option(
    "--seed",
    type=int,
    metavar="N",
    default=0,
    show_default=True,
    help="Another seed draws other examples.",
)
@click.option(
    "--stratify",
    metavar="COLUMN",
    help="What shall have the same shares in each part: a column, or answer, prompt, system.",
)
@click.option(
    "--group",
    metavar="COLUMN",
    help="What stays on one side: a column (one user's rows), prompt, or near-duplicates.",
)
@db_option
@json_option
def split(
    dataset: str,
    test: str,
    validation: str,
    seed: int,
    stratify: str | None,
    group: str | None,
    *,
    as_json: bool,
) -> None:
    """Divide a version, at random but repeatably. Makes NAME/train, NAME/validation, NAME/test."""
    from engine.data.versions.dividing import SplitSizes
    from engine.data.versions.splitting import parse_size
    from tui.cli.output import print_json, say
    from tui.cli.progress import bytes_read
    from tui.wording import number_of

    sizes = SplitSizes(parse_size(test), parse_size(validation), seed, stratify, group)
    with opened() as lab, bytes_read(f"Splitting {dataset}") as progress:
        parts = lab.datasets.split(dataset, sizes, progress)
    if as_json:
        print_json(parts)
        return
    for part in parts.values():
        examples = number_of(part.examples, "example")
        say(f"{part.name}@{part.version}  {examples}  {part.id}")
