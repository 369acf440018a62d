"""A service's objects as plain JSON that can be recorded, whatever the service sends.

JSON allows more than a log can hold: half a surrogate pair, numbers without end, a thousand levels.
Such things are kept as text beside what is whole.
"""

from __future__ import annotations

import json
import math
from typing import Any

from pydantic import BaseModel, JsonValue

from engine.errors import ProviderError
from engine.providers.hosted.reports import Report

_DEEPEST = 50
_LARGEST = 2**63
_LONGEST = 10_000


def plain(item: Any) -> Report:  # noqa: ANN401 - one of the openai package's models
    """Return an object of the service, with whatever the package does not know.

    Raises:
        ProviderError: if it is none.
    """
    if not isinstance(item, BaseModel):
        raise ProviderError("the answer is none of this API", "unreadable", retriable=True)
    return _said(item, 1)


def plain_items(page: Any) -> list[Report]:  # noqa: ANN401 - the same
    """Return the objects of a page; what is no object stands in one under `value`.

    Raises:
        ProviderError: if it has no list of them.
    """
    items = page.data or []
    if not isinstance(items, list):
        raise ProviderError("the list is none of this API", "unreadable", retriable=True)
    return [
        _said(item, 1) if isinstance(item, BaseModel) else {"value": _recordable(item, 1)}
        for item in items
    ]


def _said(item: BaseModel, depth: int) -> Report:
    """Return what a model was made of; pydantic's own way stumbles over half a pair."""
    said = {
        field.alias or name: getattr(item, name)
        for name, field in type(item).model_fields.items()
        if name in item.model_fields_set
    }
    said |= item.model_extra or {}
    return {_text(name): _recordable(value, depth + 1) for name, value in said.items()}


def _recordable(value: Any, depth: int) -> JsonValue:  # noqa: ANN401 - any JSON
    match value:
        case str():
            return _text(value)
        case bool() | None:
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case int():
            return value if abs(value) < _LARGEST else hex(value)
        case BaseModel():
            return _said(value, depth)
        case dict() | list() if depth > _DEEPEST:
            return _text(_shown(value))
        case dict():
            return {_text(name): _recordable(held, depth + 1) for name, held in value.items()}
        case list():
            return [_recordable(held, depth + 1) for held in value]
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    """Return a text with a mark in the place of each half of a pair that stands alone."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _shown(value: object) -> str:
    try:
        return json.dumps(value)[:_LONGEST]
    except RecursionError:
        return "(deeper than can be read)"
