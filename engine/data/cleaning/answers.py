"""Examples that teach nothing: without an answer, without a question, or with an answer cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.data.cleaning.characters import is_blank
from engine.data.shapes.example import Record, messages_of, texts_of

_CALLS = ("tool_calls", "function_call")
_INSTEAD_OF_TEXT = (*_CALLS, "refusal", "audio")
"""Fields of an assistant's message that make up for an empty content."""

_JSON_FENCE = re.compile(r"```(?:json)?[^\S\n]*\n", re.IGNORECASE)
_STARTS_AS_JSON = ("{", "[")


def is_empty(record: Record) -> bool:
    """Tell whether the example has an answer of nothing but blanks, none at all, or no user text.

    An answer that calls a tool or refuses is none of these, nor is a question that is an image.
    Answers of weight 0 are not learnt from and may be empty.
    """
    answers = list(_answers(record))
    if not answers or any(not _says_something(answer, _INSTEAD_OF_TEXT) for answer in answers):
        return True
    users = [message for message in _prompt(record) if message["role"] == "user"]
    return not any(_says_something(message, ()) for message in users)


def is_truncated(record: Record) -> bool:
    """Tell whether an answer is JSON that breaks off before its end.

    That is a text, or the arguments of a call, that starts as JSON, alone or in a fenced block, and
    of which a JSON reader says that more should come. JSON that is wrong in other ways, and prose
    that begins with a bracket, is not cut off. Rejected answers of preference examples may be.
    """
    learnt = record["preferred_output"] if "messages" not in record else list(_answers(record))
    return any(map(_breaks_off, _texts_and_arguments(learnt)))


def _answers(record: Record) -> Iterator[dict[str, Any]]:
    """Yield the messages that are learnt from; of preference examples both answers."""
    if "messages" not in record:
        yield from record["preferred_output"]
        yield from record["non_preferred_output"]
        return
    for message in record["messages"]:
        if message["role"] == "assistant" and message.get("weight") != 0:
            yield message


def _prompt(record: Record) -> list[dict[str, Any]]:
    return messages_of(record) if "messages" in record else record["input"]["messages"]


def _says_something(message: dict[str, Any], instead: tuple[str, ...]) -> bool:
    content = message.get("content")
    if isinstance(content, str) and not is_blank(content):
        return True
    if isinstance(content, list) and any(map(_shows_something, content)):
        return True
    return any(map(message.get, instead))


def _shows_something(part: dict[str, Any]) -> bool:
    text = part.get("text")
    return not is_blank(text) if isinstance(text, str) else part.get("type") != "text"


def _texts_and_arguments(messages: list[dict[str, Any]]) -> Iterator[str]:
    for message in messages:
        yield from texts_of(message)
        calls = [call.get("function") for call in message.get("tool_calls") or ()]
        for function in (*calls, message.get("function_call")):
            if function and isinstance(function.get("arguments"), str):
                yield function["arguments"]


def _breaks_off(text: str) -> bool:
    text = text.strip()
    fence = _JSON_FENCE.match(text)
    if fence:
        if "```" in text[fence.end() :]:
            return False
        text = text[fence.end() :].strip()
    if not text.startswith(_STARTS_AS_JSON):
        return False
    from pydantic_core import from_json

    try:
        from_json(text.encode("utf-8", "replace"))
    except ValueError as error:
        return str(error).startswith("EOF while parsing")
    return False
