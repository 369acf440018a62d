"""What a message consists of: checked field by field, its keys put in order.

The format is OpenAI's chat format (API reference, "Create chat completion", `messages`), with what
its fine-tuning adds (`weight`) and its older form (`function_call`, role `function`).
"""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.reading.rows import excerpt
from engine.data.shapes.calls import checked_call, checked_calls
from engine.data.shapes.canonical import ordered_message, require_json
from engine.data.shapes.example import ROLES
from engine.data.shapes.fields import kind_in, named_kind, require_text
from engine.data.shapes.parts import checked_parts

Message = dict[str, Any]

_PLAIN_MESSAGE_LENGTH = 2
_INSTEAD_OF_CONTENT = ("tool_calls", "function_call", "refusal")
_TEXTS = frozenset({"name", "tool_call_id", "refusal"})


def checked_messages(messages: object, place: str) -> list[Message]:
    """Return the messages with their keys in order; everything in them is kept.

    A key whose value is null says no more than its absence does and is left out (tables fill their
    empty places so), except for `content`. Arguments of a tool call that are an object are written
    as JSON text, which is what they are in the API.

    Args:
        messages: what should be a list of messages.
        place: where it stands in the row, for messages to the user.

    Raises:
        RowError: naming the field that is wrong.
    """
    if not isinstance(messages, list):
        raise RowError(f"has {named_kind(messages)} in {place}, not a list")
    checked = []
    for number, message in enumerate(messages):
        # Nearly all messages are these two texts; they are what the speed of conversion depends on.
        if type(message) is dict and len(message) == _PLAIN_MESSAGE_LENGTH:
            role, content = message.get("role"), message.get("content")
            if type(content) is str and role in ROLES:
                checked.append({"role": role, "content": content})
                continue
        checked.append(_checked(message, f"{place}[{number}]"))
    return checked


def require_answer(messages: list[Message], place: str) -> None:
    """Make sure that there is a message of the assistant.

    Raises:
        RowError: if there is none.
    """
    for message in messages:
        if message["role"] == "assistant":
            return
    raise RowError(f"has no assistant message in {place}: there is nothing to learn from it")


def _checked(message: object, place: str) -> Message:
    if not isinstance(message, dict):
        raise RowError(f"has {named_kind(message)} in {place}, not an object")
    role = message.get("role")
    if role not in ROLES:
        named = f"'{excerpt(role, 40)}'" if isinstance(role, str) else kind_in(message, "role")
        raise RowError(f"has {named} in {place}.role; it can be {', '.join(ROLES)}")
    checked = {"role": role, "content": _checked_content(message, f"{place}.content")}
    for key, value in message.items():
        if value is not None and key not in checked:
            checked[key] = _checked_field(message, key, f"{place}.{key}")
    return ordered_message(checked)


def _checked_content(message: Message, place: str) -> object:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return checked_parts(content, place)
    if content is not None:
        raise RowError(f"has {kind_in(message, 'content')} in {place}, not a text")
    if not any(map(message.get, _INSTEAD_OF_CONTENT)):
        raise RowError(
            f"has {kind_in(message, 'content')} in {place}, which only tool_calls, function_call "
            "or refusal can stand in for"
        )
    return None


def _checked_field(message: Message, key: str, place: str) -> object:
    value = message[key]
    if key in _TEXTS:
        return require_text(message, key, place)
    if key == "tool_calls":
        return checked_calls(value, place)
    if key == "function_call":
        return checked_call(value, place)
    if key == "weight" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise RowError(f"has {kind_in(message, key)} in {place}, not a number")
    require_json(value, place)
    return value
