"""A message's content as a list of parts: texts, images, refusals and what else a model takes."""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.canonical import require_json
from engine.data.shapes.fields import kind_in, named_kind, require_text

_TEXTS = frozenset({"text", "refusal"})
"""Kinds of parts that are a text, under their own name."""


def checked_parts(parts: list[Any], place: str) -> list[dict[str, Any]]:
    """Return a content's parts with their keys in order, `type` first; what is null is left out.

    Raises:
        RowError: naming the field that is wrong.
    """
    if not parts:
        raise RowError(f"has an empty list in {place}")
    return [_checked(part, f"{place}[{number}]") for number, part in enumerate(parts)]


def _checked(part: object, place: str) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise RowError(f"has {named_kind(part)} in {place}, not an object")
    kind = require_text(part, "type", f"{place}.type")
    if kind in _TEXTS:
        require_text(part, kind, f"{place}.{kind}")
    if kind == "image_url":
        _require_image(part, f"{place}.image_url")
    checked: dict[str, Any] = {"type": kind}
    for key in sorted(part.keys() - {"type"}):
        require_json(part[key], f"{place}.{key}")
        if part[key] is not None:
            checked[key] = part[key]
    return checked


def _require_image(part: dict[str, Any], place: str) -> None:
    image = part.get("image_url")
    if not isinstance(image, dict):
        raise RowError(f"has {kind_in(part, 'image_url')} in {place}, not an object with its url")
    require_text(image, "url", f"{place}.url")
