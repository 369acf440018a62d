"""What `ftlab compare` prints of settings, metrics, held-out examples and recorded answers."""

from __future__ import annotations

import sys
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.cli.compare import Found
    from tui.widgets.comparison_table import Section

_DATA = "DATA"
_LEAST_CELLS, _GAP = 10, 2
"""What a column has to have to be read, and what stands before it."""


def print_sections(found: Found, *, everything: bool) -> None:
    """Print what differs, then how they did.

    Args:
        found: the comparison.
        everything: whether what is the same for all is printed, too.
    """
    from tui.widgets.comparison_differences import differences
    from tui.widgets.comparison_scores import scores

    names = [each.name for each in found.comparison.subjects]
    sections = differences(
        found.comparison, found.data, everything=everything, more="--all shows them, too"
    )
    for section in (*sections, *scores(found.scores, found.answers)):
        _print_section(section, names, _diffs(found) if section.title == _DATA else [])


def _diffs(found: Found) -> list[str]:
    """Tell the commands that show how the examples of dataset versions differ."""
    commands = [
        f"`ftlab data diff {each.before.name}@{each.before.version} "
        f"{each.after.name}@{each.after.version}`"
        for each in found.data
        if each.added or each.removed
    ]
    return [f"{' and '.join(commands)} shows them."] if commands else []


def _blocks(columns: int, name: int) -> list[range]:
    """Return which columns stand beside each other: all, or on a terminal as many as can be read.

    Args:
        columns: how many there are.
        name: the cells of the column before them.
    """
    if not sys.stdout.isatty():
        return [range(columns)]
    from shutil import get_terminal_size

    fitting = max(1, (get_terminal_size().columns - name) // (_LEAST_CELLS + _GAP))
    blocks = ceil(columns / fitting)
    each = ceil(columns / blocks)
    return [range(first, min(first + each, columns)) for first in range(0, columns, each)]


def _print_section(section: Section, names: list[str], more: list[str]) -> None:
    from tui.cli.output import print_table, say, say_heading, say_wrapped

    if section.title:
        say_heading(section.title)
    if section.rows:
        rows = [
            [row.name, *(" · ".join(cell.marked.splitlines()) for cell in row.cells)]
            for row in section.rows
        ]
        for places in _blocks(len(names), max(len(row.name) for row in section.rows)):
            print_table(
                ["", *(f"~{names[place]}" for place in places)],
                [[row[0], *(row[1 + place] for place in places)] for row in rows],
            )
    for note in (*section.notes, *more):
        say_wrapped(note)
    say()
