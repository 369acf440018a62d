"""JSON inside the cells of a table: recognized column by column, and unpacked.

Exports damage such cells in known ways: quotes doubled or escaped once too often, a quote or
bracket more around the whole, Python's way of writing instead of JSON's. All of that is undone, and
what is unpacked holds every letter and digit of the cell, in their order: a cell that cannot be
unpacked that way stays the text that it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator
from itertools import chain, islice
from typing import Any

from engine.data.reading.rows import Row

Json = list[Any] | dict[str, Any]

TEXT_COLUMNS = frozenset(
    {
        *("prompt", "completion", "instruction", "input", "output", "response"),
        *("question", "answer", "text", "content", "system", "chosen", "rejected"),
    }
)
"""Columns that mean a text: JSON in them is what a model is to read or write, unless it is chat."""

_FIRST_ROWS = 100
_FIRST_CHARACTERS = 4 * 1024 * 1024
_MOST_FIT = 0.5
_BEGINS = re.compile(r"""[\s"'(\[]*[\[{]""")
_QUOTED_KEY = re.compile(r"""[{,]\s*(?:\\*["'])+[^"'\\]*(?:\\*["'])+\s*:""")
_LONGEST_MENDED = 256 * 1024
_INNER_STRUCTURE = re.compile(r"""["']\s*[,:]\s*["'{\[]|["']\s*\}""")
_PYTHON_KEY = re.compile(r"[{,]\s*'")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PYTHON_ESCAPES = frozenset("\\'\"nrtxuU")
_PYTHON_WORDS = re.compile(r"\b(?:None|True|False)\b")
_JSON_WORDS = {"None": "null", "True": "true", "False": "false"}
_PAIRS = ("[]", "()", "{}")
_QUOTES = "\"'"
_MOST_PEELED = 4


class JsonColumns:
    """Rows with the cells of their JSON columns unpacked.

    A column is one if all its cells in the first rows begin like a JSON array or object, and most
    of them are one. A cell in it that is none stays a text.

    Args:
        rows: the rows, texts in their cells.
        texts: columns that are left alone.

    Attributes:
        names: the columns that are unpacked.
    """

    def __init__(self, rows: Iterator[Row], texts: Collection[str]) -> None:
        self._first = _first(rows)
        self._rest = rows
        values = [row.value for row in self._first if isinstance(row.value, dict)]
        names = values[0] if values else ()
        self.names = tuple(
            name
            for name in names
            if name not in texts and _is_json(name, [value[name] for value in values])
        )

    def rows(self) -> Iterator[Row]:
        """Give the rows."""
        rows = chain(self._first, self._rest)
        return map(self._unpacked, rows) if self.names else rows

    def _unpacked(self, row: Row) -> Row:
        if isinstance(row.value, dict):
            for name in self.names:
                cell = row.value[name]
                value = unpacked(cell) if isinstance(cell, str) else None
                if value is not None:
                    row.value[name] = value
        return row


def unpacked(cell: str) -> Json | None:
    """Return the JSON array or object that a cell holds, None if it holds none.

    A list that does nothing but wrap a text of JSON, or a list of chat messages, is taken off.
    """
    text = cell.strip()
    if not _BEGINS.match(text):
        return None
    for core in _cores(text):
        for read in _READINGS:
            value = _parsed(read(core))
            if isinstance(value, list | dict):
                return _unwrapped(value)
    return _mended(text)


def _first(rows: Iterator[Row]) -> list[Row]:
    """Take the first rows, fewer if they are long."""
    first: list[Row] = []
    room = _FIRST_CHARACTERS
    for row in islice(rows, _FIRST_ROWS):
        first.append(row)
        if isinstance(row.value, dict):
            room -= sum(len(cell) for cell in row.value.values() if isinstance(cell, str))
        if room < 0:
            break
    return first


def _is_json(name: str, cells: list[Any]) -> bool:
    cells = [cell for cell in cells if cell != ""]
    if not cells or not all(isinstance(cell, str) and _BEGINS.match(cell) for cell in cells):
        return False
    wanted: Callable[[Json], bool] = _is_chat if name.lower() in TEXT_COLUMNS else _is_any
    found = [value is not None and wanted(value) for value in map(unpacked, cells)]
    return sum(found) > _MOST_FIT * len(found)


def _is_any(value: Json) -> bool:
    return isinstance(value, list | dict)


def _is_chat(value: Json) -> bool:
    """Tell chat messages, alone or in an object, from other JSON."""
    if isinstance(value, dict):
        value = value.get("messages", [])
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(turn, dict) and ("role" in turn or "from" in turn) for turn in value)
    )


def _cores(text: str) -> Iterator[str]:
    """Give the text, then what is left as quotes and pairs of brackets are peeled off it."""
    yield text
    for _ in range(_MOST_PEELED):
        if text[:1] + text[-1:] in _PAIRS:
            text = text[1:-1].strip()
        elif text.strip(_QUOTES) != text:
            text = _without_quotes(text).strip()
        else:
            return
        yield text


def _without_quotes(text: str) -> str:
    """Take a quote off each end that has one."""
    start = 1 if text[:1] in _QUOTES else 0
    end = len(text) - 1 if text[-1:] in _QUOTES else len(text)
    return text[start:end]


def _as_it_is(text: str) -> str:
    return text


def _undoubled(text: str) -> str:
    return text.replace('""', '"')


def _unescaped(text: str) -> str:
    """Undo one round of escaping, as if the text stood in a JSON string."""
    if "\\" not in text:
        return ""
    value = _parsed(f'"{text}"')
    return value if isinstance(value, str) else text.replace('\\"', '"')


_READINGS: tuple[Callable[[str], str], ...] = (_as_it_is, _undoubled, _unescaped)


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    from pydantic_core import from_json

    try:
        return from_json(text)
    except ValueError:
        return None


def _unwrapped(value: Json) -> Json:
    if not isinstance(value, list) or len(value) != 1:
        return value
    [inner] = value
    if isinstance(inner, str):
        held = _parsed(inner)
        return held if isinstance(held, list | dict) else value
    return inner if isinstance(inner, list) and _is_chat(inner) else value


def _mended(text: str) -> Json | None:
    """Return what a cell that is not quite JSON says, None if that is not sure.

    The cell has to look like a whole object with quoted names: in prose with brackets a lenient
    parser finds JSON too, and a cell that is cut off would look complete.
    """
    while (core := _without_quotes(text).strip()) != text:
        text = core
    if len(text) > _LONGEST_MENDED or not _QUOTED_KEY.search(text):
        return None
    value = _python_literal(text) if _PYTHON_KEY.search(text) else _repaired(text)
    return value if value is None else _unwrapped(value)


def _python_literal(text: str) -> Json | None:
    """Read an object that was written by Python's `str`, as tables saved by pandas hold them."""
    from pydantic_core import from_json, to_json

    # Python warns of escapes that it does not know.
    if not _PYTHON_ESCAPES.issuperset(_ESCAPE.findall(text)):
        return None
    try:
        value = ast.literal_eval(text)
        # Python writes more than JSON has: sets, tuples, keys that are no texts.
        if from_json(to_json(value)) != value:
            return None
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None
    return value if isinstance(value, list | dict) else None


def _repaired(text: str) -> Json | None:
    """Read an object with a lenient parser, if it keeps all that the cell says."""
    if not _is_balanced(text):
        return None
    try:
        from json_repair import loads

        value = loads(text)
    except (ImportError, ValueError, RecursionError, IndexError):
        return None
    if isinstance(value, list | dict) and _says_the_same(text, value):
        return value
    return None


def _is_balanced(text: str) -> bool:
    return (
        text[:1] in "[{"
        and text[-1:] in "]}"
        and text.count("[") == text.count("]")
        and text.count("{") == text.count("}")
    )


def _says_the_same(text: str, value: Json) -> bool:
    """Tell whether all letters and digits are there, and no text swallowed what follows it."""
    from pydantic_core import to_json

    if any(map(_INNER_STRUCTURE.search, _texts(value))):
        return False
    try:
        written = to_json(value).decode()
    except ValueError:
        return False
    return _letters(text) == _letters(written)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts, value))
    elif isinstance(value, dict):
        yield from chain.from_iterable(map(_texts, value.values()))


def _letters(text: str) -> str:
    text = _PYTHON_WORDS.sub(lambda word: _JSON_WORDS[word.group()], text)
    return "".join(filter(str.isalnum, text))
