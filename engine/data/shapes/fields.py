"""Single fields of a row: what they hold, and the texts that they must hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from engine.data.errors import RowError
from engine.data.reading.rows import kind_of

_NAMED_KINDS = (dict, list, str, bool, int, float, type(None))


def named_kind(value: object) -> str:
    """Name a value's kind with its article, also of what JSON has not (a table may hold dates)."""
    return kind_of(value) if isinstance(value, _NAMED_KINDS) else f"a {type(value).__name__}"


def kind_in(mapping: Mapping[str, Any], key: str) -> str:
    """Name the kind of value that a field holds, with its article; "nothing" if it is missing."""
    return named_kind(mapping[key]) if key in mapping else "nothing"


def require_text(mapping: Mapping[str, Any], key: str, place: str) -> str:
    """Return a field that must be a text.

    Args:
        mapping: the row, or an object in it.
        key: the field.
        place: where the field stands in the row, for the message.

    Raises:
        RowError: if it is anything else.
    """
    value = mapping.get(key)
    if not isinstance(value, str):
        raise RowError(
            f"has {kind_in(mapping, key)} in {place}, not a text{_way_out(value, place)}"
        )
    return value


def text_or_none(row: Mapping[str, Any], key: str) -> str | None:
    """Return a field that may be a text; None if it is missing, null or empty.

    Raises:
        RowError: if it is anything else.
    """
    if row.get(key) is None:
        return None
    return require_text(row, key, key) or None


def is_empty(value: object) -> bool:
    """Tell whether a field holds nothing: null, an empty text or an empty list."""
    return value is None or value in ("", [])


def parsed(text: str, place: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the value that a JSON text in a field stands for.

    Raises:
        RowError: if it is no JSON.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RowError(f"has a text in {place} that is no JSON: {error}") from error


def _way_out(value: object, place: str) -> str:
    """Say how a number, or true or false, in a column becomes a text."""
    if not isinstance(value, bool | int | float) or not place.isidentifier():
        return ""
    return f". Templates write it out: name it as '{{{place}}}' in --prompt or --completion"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"it holds {name}")
