"""A changed example side by side: as it was on the left, as it is on the right.

A sign stands between the two, as `sdiff` has it: `|` where a line changed, `<` where only the left
has it, `>` where only the right does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.data.changes import COLOURS, bracketed, changed_words, lines_of
from tui.harmless import harmless

if TYPE_CHECKING:
    from rich.text import Text

    from engine.data.differences import Span
    from engine.data.shapes.example import Record

_LEAST_WIDTH = 40
_MOST_SAME = 3
"""How many lines that did not change are shown; of more, only those next to what changed."""


class Pair(NamedTuple):
    """A line of both, or of one of them.

    Attributes:
        left: the old line, None if there is none.
        sign: what stands between: a blank if the lines are the same.
        right: the new line.
    """

    left: str | None
    sign: str
    right: str | None


def print_beside(before: Record, after: Record, width: int) -> None:
    """Print two examples beside each other, with the words that changed marked.

    Where the output is a terminal that shows colours they are coloured, elsewhere they stand in
    brackets: `[-old-]` and `{+new+}`.

    Args:
        before: the example as it was.
        after: as it is.
        width: how many columns there are for both together.
    """
    print_lines_beside(list(lines_of(before)), list(lines_of(after)), width)


def print_lines_beside(before: list[str], after: list[str], width: int) -> None:
    """Print the lines of two texts beside each other; see `print_beside`."""
    from rich.console import Console
    from rich.table import Table

    width = max(width, _LEAST_WIDTH)
    console = Console(file=sys.stdout, width=width, highlight=False)
    coloured = has_colours()
    table = Table.grid(padding=(0, 1), pad_edge=False)
    for column in ((width - 3) // 2, 1, (width - 3) // 2):
        table.add_column(width=column, overflow="fold")
    for pair in pairs(before, after):
        left, right = _cells(pair, coloured=coloured)
        table.add_row(left, pair.sign, right)
    console.print(table)


def has_colours() -> bool:
    """Tell whether the standard output shows colours, and nobody asked for none."""
    from rich.console import Console

    console = Console(file=sys.stdout)
    return console.color_system is not None and not console.no_color


def pairs(old: list[str], new: list[str]) -> Iterator[Pair]:
    """Yield which lines stand beside each other; long stretches without a change are cut."""
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Pair(line, " ", line) for line in _cut(old[i:j]))
            continue
        for left, right in zip_longest(old[i:j], new[k:m]):
            yield Pair(left, ">" if left is None else "<" if right is None else "|", right)


def _cut(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _MOST_SAME else [lines[0], "⋮", lines[-1]]


def _cells(pair: Pair, *, coloured: bool) -> tuple[Text, Text]:
    from rich.text import Text

    left, sign, right = pair
    if sign == " ":
        same = Text(harmless(left or ""), style="dim", no_wrap=True, overflow="ellipsis")
        return same, same
    if left is not None and right is not None:
        old, new = changed_words(left, right)
        return marked(old, coloured=coloured), marked(new, coloured=coloured)
    return (
        Text(harmless(left or ""), style=COLOURS["removed"] or ""),
        Text(harmless(right or ""), style=COLOURS["added"] or ""),
    )


def marked(spans: list[Span], *, coloured: bool) -> Text:
    """Return stretches with what changed in colour, or in brackets."""
    from rich.text import Text

    if not coloured:
        return Text("".join(map(bracketed, spans)))
    return Text.assemble(*((span.text, COLOURS[span.mark] or "") for span in spans))
