"""A changed example as lines: old and new below each other, or beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from tui.cli.data.beside import pairs
from tui.cli.data.changes import changed_words, lines_of
from tui.harmless import harmless
from tui.ink import Ink, Line, Span, text_of

if TYPE_CHECKING:
    from engine.data.differences import Mark
    from engine.data.differences import Span as Stretch

_INKS: dict[Mark, Ink] = {"same": "plain", "removed": "bad", "added": "good"}
_SIGNS: dict[str, Ink] = {"-": "bad", "+": "good"}
_LEAST = 12

Example = Mapping[str, Any]


def unified_lines(before: Example | None, after: Example | None, width: int) -> list[Line]:
    """Return the change of an example: old lines with `-`, new ones with `+`.

    Args:
        before: the example as it was; None if it was not there.
        after: as it is; None if it no longer is.
        width: the cells of a line.
    """
    lines: list[Line] = []
    for left, sign, right in pairs(_lines(before), _lines(after)):
        if sign == " ":
            lines += _signed(" ", [(harmless(left or ""), "dim")], width)
        elif left is not None and right is not None:
            old, new = changed_words(left, right)
            lines += [
                *_signed("-", marked_words(old), width),
                *_signed("+", marked_words(new), width),
            ]
        elif left is not None:
            lines += _signed("-", [(harmless(left), "plain")], width)
        else:
            lines += _signed("+", [(harmless(right or ""), "plain")], width)
    return lines


def beside_lines(before: Example | None, after: Example | None, width: int) -> list[Line]:
    """Return the change of an example, as it was on the left, as it is on the right.

    A sign stands between the two: `|` where a line changed, `<` where only the left has it, `>`
    where only the right does.
    """
    half = max(_LEAST, (width - 3) // 2)
    lines: list[Line] = []
    for left, sign, right in pairs(_lines(before), _lines(after)):
        one, other = _sides(left, sign, right)
        for place, (a, b) in enumerate(
            zip_longest(wrapped(one, half), wrapped(other, half), fillvalue=())
        ):
            gap = " " * max(0, half - cell_len(text_of(a)))
            shown = sign if place == 0 else " "
            lines.append([*a, (f"{gap} ", "plain"), (f"{shown} ", "accent"), *b])
    return lines


def _sides(left: str | None, sign: str, right: str | None) -> tuple[Line, Line]:
    if sign == "|" and left is not None and right is not None:
        old, new = changed_words(left, right)
        return marked_words(old), marked_words(new)
    inks: tuple[Ink, Ink] = ("dim", "dim") if sign == " " else ("bad", "good")
    return [(harmless(left or ""), inks[0])], [(harmless(right or ""), inks[1])]


def _lines(example: Example | None) -> list[str]:
    return [] if example is None else [visible(line) for line in lines_of(dict(example))]


def visible(text: str) -> str:
    """Return a text with what nobody sees shown by its escapes."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "replace").decode("ascii")
        for each in text
    )


def marked_words(stretches: Sequence[Stretch]) -> Line:
    """Return a line as stretches in inks: what changed stands out."""
    return [(_shown(stretch), _INKS[stretch.mark]) for stretch in stretches]


def _shown(stretch: Stretch) -> str:
    """Return a stretch's text; blanks that came or went are drawn, or nobody would see them."""
    if stretch.mark == "same" or stretch.text.strip(" "):
        return stretch.text
    return "␣" * len(stretch.text)


def _signed(sign: str, line: Line, width: int) -> list[Line]:
    parts = wrapped(line, max(_LEAST, width - 2))
    ink = _SIGNS.get(sign, "dim")
    return [[(f"{sign if place == 0 else ' '} ", ink), *part] for place, part in enumerate(parts)]


def wrapped(line: Line, width: int) -> list[Line]:
    """Return a line of spans in lines of so many cells, broken between words where possible."""
    cells = [(character, ink) for text, ink in line for character in text]
    lines: list[Line] = []
    start = 0
    while start < len(cells) or not lines:
        end = _end(cells, start, width)
        lines.append(_joined(cells[start:end]))
        start = end
        if start >= len(cells):
            break
    return lines


def _end(cells: Sequence[Span], start: int, width: int) -> int:
    """Return where the line ends that begins at a place."""
    room, blank = width, 0
    for place in range(start, len(cells)):
        character = cells[place][0]
        room -= cell_len(character)
        if room < 0:
            return blank or max(place, start + 1)
        if character == " ":
            blank = place + 1
    return len(cells)


def _joined(cells: Sequence[Span]) -> Line:
    spans: list[Span] = []
    for character, ink in cells:
        if spans and spans[-1][1] == ink:
            spans[-1] = (spans[-1][0] + character, ink)
        else:
            spans.append((character, ink))
    return spans
