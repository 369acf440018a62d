"""The objects that a damaged line or piece of JSON holds: rows, if it is beyond doubt which."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from engine.data.reading.encoding import BYTE_ORDER_MARK
from engine.data.reading.jsonmending import Mended, closed, mended, parsed

MARK_INSIDE = "byte order mark inside the file"
COMMA_BEHIND = "comma behind the object"
SEVERAL = "several objects on one line"
SEVERAL_LINES = "object over several lines"

_BLANK = " \t\r\n"
_BETWEEN = re.compile(r"[\s,]*")
_BESIDE = re.compile(r"\}[\s,]*\{")
_DECODER = json.JSONDecoder()


class MendedRows(NamedTuple):
    """The rows of a piece of damaged JSON.

    Attributes:
        values: the objects, one at least.
        kinds: what was mended, in short names.
    """

    values: list[dict[str, Any]]
    kinds: tuple[str, ...]


def objects_in(data: bytes, *, guess: bool = False) -> MendedRows | None:
    """Return the objects of a line that is not JSON as it stands, None if that is not sure.

    Args:
        data: the line.
        guess: also take an object that is cut off for what there is of it.
    """
    text = _text(data)
    if text is None:
        return None
    text, kinds = _bare(text)
    value = parsed(text)
    if isinstance(value, dict):
        return MendedRows([value], kinds)
    if not text.startswith("{"):
        return None
    if _BESIDE.search(text):
        values = _one_by_one(text)
        if values:
            return MendedRows(values, (*kinds, SEVERAL))
    return _row(mended(text) or (closed(text) if guess else None), kinds)


def object_over_lines(data: bytes) -> MendedRows | None:
    """Return the object that several lines make together, None if that is not sure."""
    text = _text(data)
    if text is None:
        return None
    text, kinds = _bare(text)
    value = parsed(text)
    if isinstance(value, dict):
        return MendedRows([value], (*kinds, SEVERAL_LINES))
    return _row(mended(text, loosely=False), kinds)


def _row(found: Mended | None, kinds: tuple[str, ...]) -> MendedRows | None:
    if found is None or not isinstance(found.value, dict):
        return None
    return MendedRows([found.value], (*kinds, *found.kinds))


def _text(data: bytes) -> str | None:
    try:
        return data.decode().strip(_BLANK)
    except UnicodeDecodeError:
        return None


def _bare(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without what does not belong to the value, and what that was."""
    kinds = []
    mark = BYTE_ORDER_MARK.decode()
    if text.startswith(mark):
        kinds.append(MARK_INSIDE)
        text = text.lstrip(mark + _BLANK)
    if text.endswith(","):
        kinds.append(COMMA_BEHIND)
        text = text.rstrip("," + _BLANK)
    return text, tuple(kinds)


def _one_by_one(text: str) -> list[dict[str, Any]]:
    """Return the objects that stand one after the other, none at all if anything else does."""
    values, at = [], 0
    while at < len(text):
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        value = parsed(text[at:end])
        if not isinstance(value, dict):
            return []
        values.append(value)
        between = _BETWEEN.match(text, end)
        at = between.end() if between else end
    return values
