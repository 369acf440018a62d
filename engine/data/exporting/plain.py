"""Examples that are plain texts in a fixed order, which is all that simple shapes can say."""

from __future__ import annotations

from typing import Any, NamedTuple

from engine.data.errors import RowError
from engine.data.reading.rows import excerpt
from engine.data.shapes.example import OWN_KEYS, Record, kind_of

_TURN = 2


class PlainChat(NamedTuple):
    """A conversation of texts.

    Attributes:
        system: the system prompt, if there is one.
        turns: what the user said and what the assistant answered, alternating.
    """

    system: str | None
    turns: list[str]


class PlainPair(NamedTuple):
    """A prompt and two answers, all texts.

    Attributes:
        system: the system prompt, if there is one.
        prompt: the user's words.
        chosen: the preferred answer.
        rejected: the other one.
    """

    system: str | None
    prompt: str
    chosen: str
    rejected: str


def plain_chat(record: Record) -> PlainChat:
    """Return a chat example as texts.

    Raises:
        RowError: naming what it has beyond that.
    """
    if kind_of(record) != "chat":
        raise RowError("is a preference example, for which this shape has no place")
    _require_nothing_of({key: record[key] for key in OWN_KEYS["chat"] if key in record})
    system, rest = _without_system(record["messages"])
    if len(rest) % _TURN or not rest:
        raise RowError("does not alternate between user and assistant")
    asked, answered = rest[::_TURN], rest[1::_TURN]
    for question, answer in zip(asked, answered, strict=True):
        if (question["role"], answer["role"]) != ("user", "assistant"):
            raise RowError("does not alternate between user and assistant")
    return PlainChat(system, [message["content"] for message in rest])


def plain_pair(record: Record) -> PlainPair:
    """Return a preference example as texts.

    Raises:
        RowError: naming what it has beyond that.
    """
    _require_nothing_of(record["input"])
    system, rest = _without_system(record["input"]["messages"])
    if [message["role"] for message in rest] != ["user"]:
        raise RowError("has more in its input than one message of the user")
    chosen, rejected = (
        _only_answer(record, key) for key in ("preferred_output", "non_preferred_output")
    )
    return PlainPair(system, rest[0]["content"], chosen, rejected)


def one_exchange(record: Record) -> tuple[str | None, str, str]:
    """Return a chat example as its system prompt, one question and one answer.

    Raises:
        RowError: naming what it has beyond that.
    """
    system, turns = plain_chat(record)
    if len(turns) > _TURN:
        raise RowError(f"has {len(turns) // _TURN} questions, not one question and its answer")
    return system, turns[0], turns[1]


def _require_nothing_of(given: dict[str, Any]) -> None:
    """Make sure that a chat example, or an input, is nothing but messages."""
    if beside := sorted(given.keys() - {"messages"}):
        raise RowError(f"has {excerpt(beside[0], 40)}, for which this shape has no place")


def _without_system(messages: list[dict[str, Any]]) -> tuple[str | None, list[dict[str, Any]]]:
    for number, message in enumerate(messages, 1):
        _require_text_only(message, f"its message {number}")
    if not messages or messages[0]["role"] != "system":
        return None, messages
    # A table's empty cell says that there is no system prompt.
    if not messages[0]["content"]:
        raise RowError("has an empty system message, for which this shape has no place")
    return messages[0]["content"], messages[1:]


def _only_answer(record: Record, key: str) -> str:
    messages = record[key]
    if len(messages) != 1:
        raise RowError(f"has {len(messages)} messages in {key}, not one answer")
    _require_text_only(messages[0], key)
    text: str = messages[0]["content"]
    return text


def _require_text_only(message: dict[str, Any], place: str) -> None:
    if beyond := [key for key in message if key not in ("role", "content")]:
        name = excerpt(beyond[0], 40)
        raise RowError(f"has {name} in {place}, for which this shape has no place")
    if not isinstance(message["content"], str):
        raise RowError(f"has more than a text in {place}")
