"""`ftlab data diff`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.data.shapes.example import Record
    from engine.data.versions.diffing import Diff

_EXAMPLES = """\b
Examples:
  ftlab data diff support@1 support@2
  ftlab data diff support support-clean --rows 20
"""


@click.command(epilog=_EXAMPLES)
@dataset_argument
@click.argument("other", metavar="DS", help="The version to compare it with.")
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    metavar="N",
    default=5,
    show_default=True,
    help="How many rows of each kind to print.",
)
@db_option
@json_option
def diff(dataset: str, other: str, rows: int, *, as_json: bool) -> None:
    """Tell what changed from one version to another: rows added, removed and changed."""
    with opened() as lab, lab.datasets.diff(dataset, other) as found:
        if as_json:
            _print_json(found, rows)
        else:
            _print(found, rows)


def _print_json(found: Diff, rows: int) -> None:
    from tui.cli.output import print_json

    pairing = found.pairing
    print_json(
        {
            "before": found.before.id,
            "after": found.after.id,
            "same": pairing.same,
            "changed": len(pairing.changed),
            "removed": len(pairing.removed),
            "added": len(pairing.added),
            "changed_rows": [
                {
                    "before_row": old + 1,
                    "after_row": new + 1,
                    "before": found.old(old),
                    "after": found.new(new),
                }
                for old, new in islice(pairing.changed, rows)
            ],
            "removed_rows": [
                {"row": row + 1, "example": found.old(row)} for row in islice(pairing.removed, rows)
            ],
            "added_rows": [
                {"row": row + 1, "example": found.new(row)} for row in islice(pairing.added, rows)
            ],
        }
    )


def _print(found: Diff, rows: int) -> None:
    from tui.cli.output import say

    pairing, before, after = found.pairing, found.before, found.after
    say(
        f"{before.name}@{before.version} -> {after.name}@{after.version}: {pairing.same} the same, "
        f"{len(pairing.changed)} changed, {len(pairing.removed)} removed, "
        f"{len(pairing.added)} added"
    )
    for old, new in islice(pairing.changed, rows):
        _print_change(old, found.old(old), new, found.new(new))
    for row in islice(pairing.removed, rows):
        _print_whole("removed", row, found.old(row), "- ")
    for row in islice(pairing.added, rows):
        _print_whole("added", row, found.new(row), "+ ")


def _print_change(old: int, before: Record, new: int, after: Record) -> None:
    from tui.cli.data.changes import print_change
    from tui.cli.output import say, say_heading

    place = f"row {old + 1}" if old == new else f"row {old + 1}, now {new + 1}"
    say()
    say_heading(f"changed  {place}")
    print_change(before, after)


def _print_whole(what: str, row: int, record: Record, mark: str) -> None:
    from tui.cli.data.changes import lines_of
    from tui.cli.output import say, say_heading

    say()
    say_heading(f"{what}  row {row + 1}")
    for line in lines_of(record):
        say(mark + line)
