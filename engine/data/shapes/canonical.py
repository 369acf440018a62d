"""The one way in which an example is written: what the content hash of a dataset is taken over."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.example import CHAT_KEYS, PREFERENCE_KEYS, Record

_MESSAGE_KEYS = ("role", "content", "name", "weight", "tool_calls", "tool_call_id")
_PLAIN_MESSAGE_LENGTH = 2
"""Most messages have a role and a content, as every one has, and nothing more."""

PLAIN_VALUES = frozenset({str, int, bool, type(None)})
"""The types of values that are JSON whatever they hold, and that both writers write alike."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def ordered_example(example: Record) -> Record:
    """Return the example with its keys in the canonical order: its own first, columns by name.

    What lies deeper (a tool's parameters, say) keeps its order, for a model reads it in that order.
    """
    return _ordered(example, CHAT_KEYS if "messages" in example else PREFERENCE_KEYS)


def ordered_input(given: dict[str, Any]) -> dict[str, Any]:
    """Return a preference example's `input` with its keys in the order of a chat example's."""
    return _ordered(given, CHAT_KEYS)


def ordered_message(message: dict[str, Any]) -> dict[str, Any]:
    """Return the message with its keys in the canonical order: known ones first, others by name."""
    return _ordered(message, _MESSAGE_KEYS)


def canonical_line(example: Record) -> bytes:
    """Return the example as its line of JSON: compact, in UTF-8, with its newline.

    The same example gives the same bytes everywhere. Those of texts only go through pydantic's
    writer, five times as fast as Python's and equal to the byte for texts; others through Python's,
    whose way with numbers is fixed.

    Args:
        example: an example with its keys in order, as `engine.data.shapes` makes it.

    Raises:
        RowError: if it holds what JSON or UTF-8 cannot: NaN, Infinity, half a surrogate pair.
    """
    if not _is_plain(example):
        return json_line(example)
    try:
        return _fast_encoder()(example) + b"\n"
    except ValueError:
        # It cannot be written either way; Python's writer says why.
        return json_line(example)


def json_line(value: Mapping[str, Any]) -> bytes:
    """Return any object as a line of JSON: compact, in UTF-8, its keys in their order.

    Raises:
        RowError: if it holds what JSON or UTF-8 cannot.
    """
    try:
        return _ENCODER.encode(value).encode() + b"\n"
    except UnicodeEncodeError as error:
        raise RowError("has half of a surrogate pair, which is no character") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise RowError(f"cannot be written as JSON: {error}") from error


def require_json(value: object, place: str) -> None:
    """Make sure that JSON has such a value.

    Args:
        value: whatever a reader gave.
        place: where it stands, for the message.

    Raises:
        RowError: naming the place, for NaN, Infinity, dates and the like.
    """
    if type(value) in PLAIN_VALUES:
        return
    try:
        _ENCODER.encode(value)
    except TypeError as error:
        raise RowError(f"has what JSON has not in {place}: {error}") from error
    except RecursionError as error:
        raise RowError(f"has too many levels in {place}") from error
    except ValueError as error:
        raise RowError(f"has NaN or Infinity in {place}") from error


def _is_plain(example: Record) -> bool:
    """Tell whether the example is texts and nothing that the two writers could write differently.

    Every message of an example has a role, a text, so a content that is a text and no third key is
    all there can be. Columns beside the messages may be whole numbers and null, too.
    """
    messages = example.get("messages")
    if messages is None:
        return False
    for message in messages:
        if len(message) != _PLAIN_MESSAGE_LENGTH or type(message["content"]) is not str:
            return False
    if len(example) == 1:
        return True
    return all(type(example[key]) in PLAIN_VALUES for key in example if key != "messages")


@cache
def _fast_encoder() -> Callable[[Record], bytes]:
    from pydantic_core import to_json

    return to_json


def _ordered(mapping: dict[str, Any], first: tuple[str, ...]) -> dict[str, Any]:
    known = [key for key in first if key in mapping]
    others = sorted(mapping.keys() - set(first))
    return {key: mapping[key] for key in (*known, *others)}
