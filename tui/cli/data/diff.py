"""`ftlab data diff`."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.data.shapes.example import Record
    from engine.data.versions.diffing import Diff

_WIDE = 100

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
@click.option(
    "--side-by-side/--no-side-by-side",
    default=None,
    help="Print the old row left of the new one [default: on a terminal of 100 columns or more].",
)
@db_option
@json_option
def diff(dataset: str, other: str, rows: int, *, side_by_side: bool | None, as_json: bool) -> None:
    """Tell what changed from one version to another: rows added, removed and changed."""
    with opened() as lab, lab.datasets.diff(dataset, other) as found:
        if as_json:
            _print_json(found, rows)
        else:
            _print(found, rows, _width(side_by_side))


def _width(side_by_side: bool | None) -> int | None:
    """Return into how many columns old and new fit beside each other; None if they should not."""
    from shutil import get_terminal_size

    columns = get_terminal_size().columns
    if side_by_side is None:
        side_by_side = sys.stdout.isatty() and columns >= _WIDE
    return columns if side_by_side else None


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


def _print(found: Diff, rows: int, width: int | None) -> None:
    from tui.cli.output import say

    pairing, before, after = found.pairing, found.before, found.after
    say(
        f"{before.name}@{before.version} -> {after.name}@{after.version}: {pairing.same} the same, "
        f"{len(pairing.changed)} changed, {len(pairing.removed)} removed, "
        f"{len(pairing.added)} added"
    )
    for old, new in islice(pairing.changed, rows):
        _print_place(old, new)
        _print_change(found.old(old), found.new(new), width)
    for row in islice(pairing.removed, rows):
        _print_whole("removed", row, found.old(row), "- ")
    for row in islice(pairing.added, rows):
        _print_whole("added", row, found.new(row), "+ ")


def _print_place(old: int, new: int) -> None:
    from tui.cli.output import say, say_heading

    place = f"row {old + 1}" if old == new else f"row {old + 1}, now {new + 1}"
    say()
    say_heading(f"changed  {place}")


def _print_change(before: Record, after: Record, width: int | None) -> None:
    from tui.cli.data.beside import print_beside
    from tui.cli.data.changes import print_change

    if width is None:
        print_change(before, after)
    else:
        print_beside(before, after, width)


def _print_whole(what: str, row: int, record: Record, mark: str) -> None:
    from tui.cli.data.changes import lines_of
    from tui.cli.output import say, say_heading

    say()
    say_heading(f"{what}  row {row + 1}")
    for line in lines_of(record):
        say(mark + line)
