"""Keys by which a question is found again in training data, word for word or nearly.

System prompts and tools are no part of them: the same question under another system prompt is known
all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from engine.data.cleaning.near import NearKeys
from engine.data.reading.reader import RowBatch
from engine.data.reading.rows import BadRow
from engine.data.shapes.example import Record, messages_of, texts_of

Messages = Sequence[dict[str, Any]]

LIKENESS = 0.7
"""Of two questions that are nearly the same, so many of their three-word phrases are.

Less than of duplicates in one dataset: a question is short, and one other word among twenty changes
three phrases.
"""

_NEARLY = NearKeys(threshold=LIKENESS, any_numbers=True, prompts=True)
_DIGEST_BYTES = 16
_SHORT = 8
"""Words below which a text must be the same; see `engine.data.cleaning.near`."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SETTING = ("system", "developer")
"""Whose messages say how to answer, and ask nothing."""


class Keys(NamedTuple):
    """What a question, or an example to train on, is found by.

    Attributes:
        exact: of the words of each thing that is asked; one of them in common is enough.
        near: of what it asks nearly; see `engine.data.cleaning.near`.
    """

    exact: tuple[bytes, ...]
    near: tuple[bytes, ...]


_NONE = Keys((), ())


def keys_of_question(messages: Messages, *, near: bool) -> Keys:
    """Return the keys of a question that a model is asked.

    Args:
        messages: the conversation that it ends.
        near: whether it is looked for in nearly the same words, too.
    """
    asked = _asked(messages)
    if not asked:
        return _NONE
    return Keys((_exact(asked),), (_near(asked),) if near else ())


def keys_of_example(record: Record, *, near: bool) -> Keys:
    """Return the keys of an example to train on: of each question that it answers.

    Of a conversation those are the whole of it up to an answer, and each turn by itself. A text
    that answers nothing is known by itself.

    Args:
        record: a chat or preference example.
        near: whether it can be found in nearly the same words, too.
    """
    asked = list(dict.fromkeys(_questions(_asked(messages_of(record)))))
    exact = tuple(_exact(question) for question in asked)
    if not near:
        return Keys(exact, ())
    # Of a conversation in the making, the whole of it stands for its beginnings.
    turns = [question for question in asked if len(question) == 1]
    longest = max(asked, key=len, default=())
    compared = turns if len(longest) <= 1 else [*turns, longest]
    if not compared:
        return Keys(exact, (_near(_asked(messages_of(record))),))
    return Keys(exact, tuple(map(_near, compared)))


@dataclass(frozen=True, slots=True)
class KeysOfBatch:
    """Makes the keys of a batch of stored examples; it travels to other processes.

    Attributes:
        near: whether they can be found in nearly the same words, too.
    """

    near: bool

    def __call__(self, batch: RowBatch) -> list[Keys]:
        """Return the keys of each row; none of a row that is no example."""
        return [self._keys(row.value) for row in batch.rows()]

    def _keys(self, value: Record | BadRow) -> Keys:
        if isinstance(value, BadRow):
            return _NONE
        try:
            return keys_of_example(value, near=self.near)
        except (KeyError, TypeError, AttributeError):
            # A file that a service took is kept as it came, whatever its rows are.
            return _NONE


class _Said(NamedTuple):
    """A message as it is compared."""

    role: str
    text: str
    beside: str


def _asked(messages: Iterable[dict[str, Any]]) -> tuple[_Said, ...]:
    return tuple(map(_said, (each for each in messages if each["role"] not in _SETTING)))


def _said(message: dict[str, Any]) -> _Said:
    content = message.get("content")
    text = content if isinstance(content, str) else "\n".join(texts_of(message))
    beside = [part for part in content if "text" not in part] if isinstance(content, list) else []
    calls = message.get("tool_calls") or message.get("function_call")
    rest = [*beside, calls] if calls else beside
    words = " ".join(text.split())
    return _Said(message["role"], words, json.dumps(rest, sort_keys=True) if rest else "")


_ANSWER = _Said("assistant", "", "")
_WAITING = ("user", "tool", "function")
"""Whose messages an answer is given to."""


def _questions(said: Sequence[_Said]) -> Iterator[tuple[_Said, ...]]:
    """Yield what each answer is given to: the conversation so far, and its last message alone.

    A conversation that ends with a question, to reinforce whatever answers it, asks that as well.
    """
    for place, each in enumerate([*said, _ANSWER]):
        if each.role == "assistant" and place and said[place - 1].role in _WAITING:
            yield tuple(said[:place])
            if said[place - 1].role == "user":
                yield (said[place - 1],)


def _exact(said: Sequence[_Said]) -> bytes:
    text = json.dumps(said, ensure_ascii=True)
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()


def _near(said: Sequence[_Said]) -> bytes:
    messages = [{"role": each.role, "content": _without_numbers(each.text)} for each in said]
    return _NEARLY.key({"messages": messages})


def _without_numbers(text: str) -> str:
    """Return a text with one number for all of them: an exercise with others is the same one.

    A short text is little more than its numbers, and stays.
    """
    return text if len(text.split()) < _SHORT else _NUMBER.sub("0", text)
