"""JSON in a text: taken out whatever an export wrapped around it.

Exports damage such texts in known ways: quotes doubled or escaped once or twice too often, a quote
or bracket more around the whole, Python's way of writing instead of JSON's. All of that is undone,
and what comes out holds all that the text says, in its order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from engine.data.reading.jsonmending import Json, mended, parsed

BEGINS_LIKE_JSON = re.compile(r"""[\s"'(\[]*[\[{]""")

_QUOTED_KEY = re.compile(r"""[{,]\s*(?:\\*["'“”„])+[^"'“”\\]*(?:\\*["'“”])+\s*:""")
_PAIRS = ("[]", "()", "{}")
_QUOTES = "\"'"
_MOST_PEELED = 4


class Unpacked(NamedTuple):
    """What a text of JSON holds.

    Attributes:
        value: the array or object.
        damaged: whether something had to be mended or taken off.
    """

    value: Json
    damaged: bool


def unpacked(text: str) -> Unpacked | None:
    """Return the JSON array or object that a text holds, None if it holds none.

    A list that does nothing but wrap a text of JSON, or a list of chat messages, is taken off.
    """
    text = text.strip()
    if not BEGINS_LIKE_JSON.match(text):
        return None
    for core in _cores(text):
        for read in _READINGS:
            reading = read(core)
            value = parsed(reading)
            if isinstance(value, list | dict):
                inner = _unwrapped(value)
                return Unpacked(inner, reading != text or inner is not value)
    return _mended(text)


def is_chat(value: Json) -> bool:
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


def _undoubled_twice(text: str) -> str:
    return _undoubled(_undoubled(text))


def _unescaped(text: str) -> str:
    """Undo one round of escaping, as if the text stood in a JSON string."""
    if "\\" not in text:
        return ""
    value = parsed(f'"{text}"')
    return value if isinstance(value, str) else text.replace('\\"', '"')


def _unescaped_twice(text: str) -> str:
    return _unescaped(_unescaped(text))


_READINGS: tuple[Callable[[str], str], ...] = (
    *(_as_it_is, _undoubled, _unescaped),
    *(_undoubled_twice, _unescaped_twice),
)


def _unwrapped(value: Json) -> Json:
    if not isinstance(value, list) or len(value) != 1:
        return value
    [inner] = value
    if isinstance(inner, str):
        held = parsed(inner)
        return held if isinstance(held, list | dict) else value
    return inner if isinstance(inner, list) and is_chat(inner) else value


def _mended(text: str) -> Unpacked | None:
    """Return what a text that is not quite JSON says, None if that is not sure.

    It has to look like a whole object with quoted names: in prose with brackets a lenient parser
    finds JSON too, and what is cut off would look complete.
    """
    while (core := _without_quotes(text).strip()) != text:
        text = core
    found = mended(text) if _QUOTED_KEY.search(text) else None
    return None if found is None else Unpacked(_unwrapped(found.value), damaged=True)
