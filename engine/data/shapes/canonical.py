"""The one way in which an example is written: what the content hash of a dataset is taken over."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from engine.data.errors import RowError

_EXAMPLE_KEYS = ("messages", "tools", "parallel_tool_calls")
_MESSAGE_KEYS = ("role", "content", "name", "weight", "tool_calls", "tool_call_id")
PLAIN_MESSAGE_LENGTH = 2
"""Most messages have a role and a content, as every one has, and nothing more."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def ordered_example(example: dict[str, Any]) -> dict[str, Any]:
    """Return the example with its keys in the canonical order: known ones first, others by name.

    What lies deeper (a tool's parameters, say) keeps its order, for a model reads it in that order.
    """
    return _ordered(example, _EXAMPLE_KEYS)


def ordered_message(message: dict[str, Any]) -> dict[str, Any]:
    """Return the message with its keys in the canonical order: known ones first, others by name."""
    return _ordered(message, _MESSAGE_KEYS)


def canonical_line(example: dict[str, Any]) -> bytes:
    """Return the example as its line of JSON: compact, in UTF-8, with its newline.

    The same example gives the same bytes everywhere. Plain ones (texts only) go through pydantic's
    writer, five times as fast as Python's and equal to the byte for texts; others through Python's,
    whose way with numbers is fixed.

    Args:
        example: an example with its keys in order, as `engine.data.shapes` makes it.

    Raises:
        RowError: if it holds what JSON or UTF-8 cannot: NaN, Infinity, half a surrogate pair.
    """
    try:
        if is_plain(example):
            return _fast_encoder()(example) + b"\n"
        return _ENCODER.encode(example).encode() + b"\n"
    except UnicodeEncodeError as error:
        raise RowError("has half of a surrogate pair, which is no character") from error
    except ValueError as error:
        raise RowError(f"cannot be written as JSON: {error}") from error


def is_plain(example: dict[str, Any]) -> bool:
    """Tell whether the example is messages of a role and a content, and nothing more.

    Every message of an example has these two, so it is enough to count.
    """
    longest = max(map(len, example["messages"]), default=0)
    return len(example) == 1 and longest == PLAIN_MESSAGE_LENGTH


@cache
def _fast_encoder() -> Callable[[dict[str, Any]], bytes]:
    from pydantic_core import to_json

    return to_json


def _ordered(mapping: dict[str, Any], first: tuple[str, ...]) -> dict[str, Any]:
    known = [key for key in first if key in mapping]
    others = sorted(mapping.keys() - set(first))
    return {key: mapping[key] for key in (*known, *others)}
