"""One row by all the rules of its method; a plain chat row by a few operations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from engine.data.checking.completions import completion_problems
from engine.data.checking.fingerprints import Key, plain_key, plain_texts
from engine.data.checking.messages import chat_problems
from engine.data.checking.order import conversation_order
from engine.data.checking.preferences import preference_problems
from engine.data.checking.rules import RULES, Method, Problem, shown
from engine.data.checking.texts import ODD, mojibake
from engine.data.shapes.canonical import PLAIN_VALUES
from engine.data.shapes.example import (
    CHAT_KEYS,
    COMPLETION_KEYS,
    PREFERENCE_KEYS,
    ROLES,
    Record,
)

_ASCII_CONTROLS = bytes(code for code in range(0x80) if ODD.match(chr(code)))
_PREFERENCE_SIGNS = ("preferred_output", "non_preferred_output")
_BEYOND_TEXT = frozenset({"tool", "function"})
"""Roles whose messages are never plain."""

_ENCODER = json.JSONEncoder(allow_nan=False, default=str)

_OWN_KEYS: dict[Method, tuple[str, ...]] = {
    "supervised": CHAT_KEYS,
    "dpo": PREFERENCE_KEYS,
    "completion": COMPLETION_KEYS,
}
_RULES_OF: dict[Method, Callable[[dict[str, Any]], Iterator[Problem]]] = {
    "supervised": chat_problems,
    "dpo": preference_problems,
    "completion": completion_problems,
}

PlainChat = tuple[tuple[str, ...], list[str], bytes, Key]
"""A row that no rule objects to: the roles of its messages, the last being the assistant's; their
contents, none of them blank; the texts of both in UTF-8; and what the row is found by."""


def method_of(row: dict[str, Any]) -> Method:
    """Tell what a row is for by its keys; a row of neither format is taken for chat."""
    if "messages" in row:
        return "supervised"
    if any(sign in row for sign in _PREFERENCE_SIGNS) or isinstance(row.get("input"), dict):
        return "dpo"
    return "completion" if any(key in row for key in COMPLETION_KEYS) else "supervised"


def row_problems(row: dict[str, Any], method: Method) -> list[Problem]:
    """Return everything that is wrong with a row."""
    return [*_RULES_OF[method](row), *_number_problems(row)]


def example_in(row: dict[str, Any], method: Method) -> Record:
    """Return what the method takes of a row, without the columns beside it."""
    return {key: row[key] for key in _OWN_KEYS[method] if key in row}


def columns_in(row: dict[str, Any], method: Method) -> dict[str, Any]:
    """Return what stands in a row beside what the method takes of it."""
    return {key: value for key, value in row.items() if key not in _OWN_KEYS[method]}


def is_sound(problems: Sequence[Problem]) -> bool:
    """Tell whether an example can be made of a row in spite of its problems."""
    return all(RULES[problem.rule].severity != "error" for problem in problems)


def plain_chat(row: dict[str, Any]) -> PlainChat | None:
    """Return what is in a row that no rule objects to; None where the rules have to look closer.

    Nearly all rows are such. Whatever `chat_problems` finds something in gives None.
    """
    messages = row.get("messages")
    if len(row) != 1 or type(messages) is not list:
        return None
    try:
        roles = tuple([message["role"] for message in messages])
        contents = [message["content"] for message in messages]
        if not _in_order(roles) or max(map(len, messages)) != 2:
            return None
        prompt, answer = plain_texts(roles, contents)
    except (AttributeError, KeyError, TypeError, UnicodeEncodeError):
        return None
    if not all(contents) or any(map(str.isspace, contents)):
        return None
    texts = prompt + b"\n" + answer
    return (roles, contents, texts, plain_key(prompt, answer)) if _is_fine(texts) else None


def _number_problems(row: dict[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each field that holds a number that JSON has not."""
    for key, value in row.items():
        if type(value) in PLAIN_VALUES or _are_texts(value):
            continue
        try:
            _ENCODER.encode(value)
        except ValueError:
            message = "NaN and Infinity are no JSON: write null instead"
            yield Problem("invalid-number", key, message, shown(value))


def _are_texts(value: object) -> bool:
    """Tell quickly whether a value is messages of texts only, as nearly all are."""
    return type(value) is list and all(
        type(message) is dict and all(type(text) is str for text in message.values())
        for message in value
    )


def _is_fine(texts: bytes) -> bool:
    """Tell whether there is nothing odd in texts, given in UTF-8."""
    if texts.isascii():
        # Four times as fast as searching for them.
        return len(texts.translate(None, _ASCII_CONTROLS)) == len(texts)
    text = texts.decode()
    return ODD.search(text) is None and mojibake(text) is None


@lru_cache(maxsize=4096)
def _in_order(roles: tuple[str, ...]) -> bool:
    """Tell whether no rule objects to these roles; most datasets have but a few such orders."""
    known = all(role in ROLES and role not in _BEYOND_TEXT for role in roles)
    return known and bool(roles) and not list(conversation_order(roles))
