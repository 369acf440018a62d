"""`ftlab data split`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.data.versions.dividing import Split

_NAMED = 10

_SPLIT_EXAMPLES = """\b
Examples:
  ftlab data split gsm8k --test 0.1 --validation 0.05
  ftlab data split support@2 --test 200 --seed 7
  ftlab data split moods --test 0.2 --stratify answer
  ftlab data split support --test 0.1 --group customer --group near-duplicates
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
    "groups",
    multiple=True,
    metavar="COLUMN",
    help="What stays on one side: a column (one user's rows), prompt, or near-duplicates; may be "
    "given several times.",
)
@db_option
@json_option
def split(
    dataset: str,
    test: str,
    validation: str,
    seed: int,
    stratify: str | None,
    groups: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Divide a version, at random but repeatably. Makes NAME/train, NAME/validation, NAME/test."""
    from engine.data.versions.dividing import SplitSizes
    from engine.data.versions.splitting import parse_size
    from tui.cli.data.recorded import say_versions
    from tui.cli.output import note, print_json
    from tui.cli.progress import bytes_read

    sizes = SplitSizes(parse_size(test), parse_size(validation), seed, stratify, groups)
    with opened() as lab:
        with bytes_read(f"Splitting {dataset}") as progress:
            found = lab.datasets.split(dataset, sizes, progress)
        if as_json:
            print_json(found.parts)
        else:
            say_versions(lab.database.reader, *found.parts.values())
    for remark in remarks(found):
        note(remark)


def remarks(found: Split) -> Iterator[str]:
    """Say what may not be as one would think."""
    from tui.wording import number_of

    for by, count in found.alone.items():
        have = "has" if count == 1 else "have"
        yield f"{number_of(count, 'example')} {have} no {by}, so each was drawn on its own"
    for part, names, values in found.absent:
        shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        yield f"{part.label} has no example of {len(names)} of {values} values: {shown}"
    for version in found.stale:
        yield (
            f"{version.name}@{version.version} is not of this split: it may have examples that "
            "these parts have, too"
        )
