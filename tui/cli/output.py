"""Printing: JSON for programs, lines and tables for people.

Whatever was recorded may hold escape sequences: everything that goes through here is harmless to a
terminal.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from tui.harmless import harmless

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# What JSON allows in a string as it is, but a terminal may obey or a text cannot hold: DEL, C1
# controls, line separators, reordering marks, lone surrogates.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LEAST_CUT = 8
_GAP = "  "


def say(text: str = "") -> None:
    """Print one line."""
    sys.stdout.write(harmless(text) + "\n")


def say_lines(text: str, indent: str = "") -> None:
    """Print a text of several lines."""
    for line in text.splitlines():
        say(indent + line)


def say_wrapped(text: str) -> None:
    """Print a text of several lines, broken between words where the terminal ends."""
    if not sys.stdout.isatty():
        say_lines(text)
        return
    from shutil import get_terminal_size

    from tui.wrapping import wrap

    for line in wrap(text, get_terminal_size().columns):
        say(line)


def say_heading(text: str) -> None:
    """Print a line that stands out."""
    sys.stdout.write(_bold(harmless(text)) + "\n")


def say_piece(piece: str) -> None:
    """Print a piece of a text at once, as it comes, its line breaks kept."""
    sys.stdout.write("\n".join(map(harmless, piece.split("\n"))))
    sys.stdout.flush()


def note(text: str) -> None:
    """Print one line on standard error."""
    sys.stdout.flush()
    sys.stderr.write(harmless(text) + "\n")


def print_json(value: object) -> None:
    """Print one JSON document: on a terminal for people's eyes, else as short as can be."""
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(_as_json(value, indent) + "\n")


def print_json_line(value: object) -> None:
    """Print one JSON document on one line: for streams."""
    sys.stdout.write(_as_json(value) + "\n")


def _as_json(value: object, indent: int | None = None) -> str:
    text = json.dumps(value, default=plain, ensure_ascii=False, allow_nan=False, indent=indent)
    shown = _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if shown.isascii() or _prints(shown):
        return shown
    return json.dumps(value, default=plain, allow_nan=False, indent=indent)


def _prints(text: str) -> bool:
    """Tell whether standard output's encoding has all characters of a text."""
    from tui.stand_ins import can_write

    return can_write(text, getattr(sys.stdout, "encoding", None) or "utf-8")


def _printed(text: str) -> str:
    """Return what is printed of a text, by which its column is as wide as that."""
    if text.isascii() or _prints(text):
        return text
    from tui.stand_ins import ERRORS

    return text.encode(sys.stdout.encoding, ERRORS).decode(sys.stdout.encoding)


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can say
    """Turn a dataclass into a dict, its `*_json` texts unpacked, and any other series into a list.

    Numbers that JSON does not have (NaN, infinities) become None.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {shown: read(getattr(value, name)) for name, shown, read in _columns(type(value))}
    if isinstance(value, Iterable):
        return [_number(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")


@cache
def _columns(kind: type[DataclassInstance]) -> list[tuple[str, str, Callable[[Any], object]]]:
    """Return of every field its name, the name that is printed, and how to read its value."""
    return [
        (field.name, field.name.removesuffix("_json"), _unpacked)
        if field.name.endswith("_json")
        else (field.name, field.name, _number)
        for field in fields(kind)
    ]


def _unpacked(value: object) -> object:
    return json.loads(value, parse_constant=lambda _: None) if isinstance(value, str) else value


def _number(value: object) -> object:
    return None if isinstance(value, float) and not isfinite(value) else value


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table.

    It is set by hand because rich takes over five seconds for ten thousand rows.

    Args:
        columns: their names; `>` before one sets it to the right, `~` lets it be cut with an
            ellipsis where the terminal is too narrow for the whole table, `~~` in its middle.
        rows: their cells.
    """
    from rich.cells import cell_len

    from tui.formats import fit, fit_middle, fit_right

    names = [column.lstrip(">~") for column in columns]
    cells = [[_printed(harmless(cell)) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(names, *cells, strict=True)]
    _narrow(columns, widths)
    ways = {">": fit_right, "~~": fit_middle}
    setters = [
        next((way for mark, way in ways.items() if column.startswith(mark)), fit)
        for column in columns
    ]
    # Over columns stand names, of which the ends tell more than the middle.
    over = [fit_middle if way is fit else way for way in setters]
    whole = sum(widths) + len(_GAP) * (len(widths) - 1)
    for line in (names, *cells):
        placed = zip(over if line is names else setters, line, widths, strict=True)
        text = _GAP.join(setter(cell, width) for setter, cell, width in placed).rstrip()
        if setters[0] is not fit_right and not any(line[1:]):
            # A heading has the room of the empty cells beside it.
            text = setters[0](line[0], whole).rstrip()
        sys.stdout.write((_bold(text) if line is names else text) + "\n")


def _narrow(columns: Sequence[str], widths: list[int]) -> None:
    """Take from the columns that may be cut what the terminal lacks, from the widest first."""
    if not sys.stdout.isatty():
        return
    from shutil import get_terminal_size

    lacking = sum(widths) + len(_GAP) * (len(widths) - 1) - get_terminal_size().columns
    places = [place for place, column in enumerate(columns) if column.startswith("~")]
    for _ in range(lacking):
        widest = max(places, key=lambda place: widths[place], default=None)
        if widest is None or widths[widest] <= _LEAST_CUT:
            return
        widths[widest] -= 1


def print_points(steps: Iterable[int], values: Iterable[float]) -> None:
    """Print points, one a line, a tab between step and value."""
    sys.stdout.writelines(f"{step}\t{value}\n" for step, value in zip(steps, values, strict=True))


def print_fields(fields: Iterable[tuple[str, str | None]]) -> None:
    """Print names and values under each other, leaving out what is not known."""
    known = [(name, value) for name, value in fields if value is not None]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        sys.stdout.write(f"{_bold(harmless(name).ljust(width))}{_GAP}{harmless(value)}\n")


def _bold(text: str) -> str:
    return click.style(text, bold=True) if sys.stdout.isatty() else text
