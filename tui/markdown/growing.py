"""A text that is being written, as lines: what is finished is not set anew.

Only the last block of a Markdown text can still change when more of it comes. (A name for an
address, `[name]: address`, that comes after the block with the link does not reach it any more.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.ink import Line
from tui.markdown.blocks import block_lines, blocks
from tui.markdown.source import clean
from tui.wrapping import wrap

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_LONG_BLOCK = 16_000
"""Characters of a block that is set anew with every piece; a longer one is cut."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^\n]*")


class Grown(NamedTuple):
    """How the lines of a text have changed.

    Attributes:
        kept: how many of the lines before are the same.
        lines: those that come after them.
    """

    kept: int
    lines: list[Line]


class GrowingText:
    """Sets a text that grows at its end.

    Args:
        width: the cells of a line.
        raw: whether it is shown as it was written, not as Markdown.
    """

    def __init__(self, width: int, *, raw: bool = False) -> None:
        self._width, self._raw = width, raw
        self._offset = 0
        self._kept = 0
        self._fence = ""

    def grow(self, text: str) -> Grown:
        """Take in the whole text as it is now; it begins with what it was before."""
        kept, tail = self._kept, clean(text[self._offset :])
        lines, done, rows = self._written(tail) if self._raw else self._set(tail)
        self._kept += done
        self._offset = _past_lines(text, self._offset, rows)
        return Grown(kept, lines)

    def _written(self, tail: str) -> _Told:
        """Return the lines as they were written; a whole one is finished."""
        rows = tail.count("\n")
        whole, _, rest = tail.rpartition("\n")
        done = _plain(whole, self._width) if rows else []
        return _Told([*done, *(_plain(rest, self._width) if rest else [])], len(done), rows)

    def _set(self, tail: str) -> _Told:
        found = blocks(self._fence + tail)
        lines = self._lines(found)
        if len(found) > 1:
            begins = _first_row(found[-1]) - (1 if self._fence else 0)
            # As long as its first line is not whole, the last block may belong to the one before.
            if tail.count("\n") > begins:
                done = len(self._lines(found[:-1]))
                self._fence = ""
                return _Told(lines, done, begins)
        elif found and len(tail) > _LONG_BLOCK:
            return self._cut(found[0], lines, tail)
        return _Told(lines, 0, 0)

    def _cut(self, block: SyntaxTreeNode, lines: list[Line], tail: str) -> _Told:
        """Finish what there is of a long block; what comes of code after that is code, too."""
        whole = tail.rpartition("\n")[0]
        if not whole or (block.type == "fence" and _is_closed(block, tail)):
            return _Told(lines, 0, 0)
        done = self._lines(blocks(self._fence + whole))
        rest = tail[len(whole) + 1 :]
        opening = _FENCE.match(self._fence or tail)
        if block.type == "fence" and opening:
            self._fence = f"{opening[0]}\n"
        rows = whole.count("\n") + 1
        last = [line for line in block_lines(blocks(self._fence + rest), self._width) if rest]
        return _Told([*done, *self._continued(last)], len(done), rows)

    def _lines(self, found: Sequence[SyntaxTreeNode]) -> list[Line]:
        lines = block_lines(found, self._width)
        if self._fence:
            return self._continued(lines)
        return [[], *lines] if self._kept and lines else lines

    def _continued(self, lines: list[Line]) -> list[Line]:
        """Leave out the line with the language, which was shown when the code began."""
        return lines[1:] if self._fence.strip(" `~\n") else lines


class _Told(NamedTuple):
    """Lines, how many of them are finished, and of how many rows of the text those are."""

    lines: list[Line]
    done: int
    rows: int


def text_lines(text: str, width: int, *, raw: bool = False) -> list[Line]:
    """Return a whole text as lines."""
    return GrowingText(width, raw=raw).grow(text).lines


def _plain(text: str, width: int) -> list[Line]:
    return [[(part, "plain")] for line in text.split("\n") for part in wrap(line, width)]


def _first_row(block: SyntaxTreeNode) -> int:
    return block.map[0] if block.map else 0


def _is_closed(block: SyntaxTreeNode, tail: str) -> bool:
    last = tail.rstrip().rpartition("\n")[2].strip()
    return bool(last) and set(last) == set(block.markup) and len(last) >= len(block.markup)


def _past_lines(text: str, start: int, rows: int) -> int:
    """Return the place in a text after so many of its lines."""
    for _ in range(rows):
        start = text.index("\n", start) + 1
    return start
