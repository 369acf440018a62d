"""What `ftlab compare` prints of settings, metrics, held-out examples and recorded answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.cli.compare import Found
    from tui.widgets.comparison_table import Section

_DATA = "DATA"


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


def _print_section(section: Section, names: list[str], more: list[str]) -> None:
    from tui.cli.output import print_table, say, say_heading, say_wrapped

    if section.title:
        say_heading(section.title)
    if section.rows:
        rows = [
            [row.name, *(" · ".join(cell.marked.splitlines()) for cell in row.cells)]
            for row in section.rows
        ]
        print_table(["", *(f"~{name}" for name in names)], rows)
    for note in (*section.notes, *more):
        say_wrapped(note)
    say()
