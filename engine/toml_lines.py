"""On which line of a TOML text a key stands, for errors to name: tomllib does not tell."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence

_Names = tuple[str, ...]


def line_of(text: str, place: Sequence[str]) -> int:
    """Return the line of a key, from 1; where it is not written, that of the table it belongs to.

    Args:
        text: a valid TOML text.
        place: the names of the tables around the key, outermost first, and its own.
    """
    wanted = tuple(place)
    best, depth = 1, 0
    for number, names in _keys(text):
        if names[: len(wanted)] == wanted:
            return number
        if len(names) > depth and wanted[: len(names)] == names:
            best, depth = number, len(names)
    return best


def _keys(text: str) -> Iterator[tuple[int, _Names]]:
    """Give the lines that begin a table or set a key, with its names from the outermost on."""
    table: _Names = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            table = _names(line)
            yield number, table
        elif "=" in line:
            yield number, (*table, *_names(line.partition("=")[0] + "= 0"))


def _names(line: str) -> _Names:
    """Return the names of one line, as TOML itself reads it; none for a line inside a value."""
    try:
        found: object = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(found, dict) and found:
        name, found = next(iter(found.items()))
        names.append(name)
    return tuple(names)
