"""OpenAI's preference format: one prompt, the answer that is preferred and the one that is not.

Source: OpenAI's guide "Direct preference optimization", "Prepare your dataset".
"""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.canonical import ordered_input, require_json
from engine.data.shapes.chat import tool_settings
from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import CHAT_KEYS, PREFERENCE_KEYS, Record
from engine.data.shapes.fields import kind_in
from engine.data.shapes.messages import Message, checked_messages

ANSWER_ROLES = ("assistant", "tool", "function")
"""The roles of the messages that an answer consists of."""


def from_preference(row: dict[str, Any]) -> Record:
    """Check a row of `input`, `preferred_output` and `non_preferred_output`; everything is kept.

    Raises:
        RowError: naming the field that is wrong.
    """
    given = row["input"]
    if not isinstance(given, dict):
        raise RowError(f"has {kind_in(row, 'input')} in input, not an object with its messages")
    if given.get("messages") is None:
        raise RowError(f"has {kind_in(given, 'messages')} in input.messages, not a list")
    prompt = checked_messages(given["messages"], "input.messages")
    example = preference_example(
        prompt,
        checked_messages(row["preferred_output"], "preferred_output"),
        checked_messages(row["non_preferred_output"], "non_preferred_output"),
        given,
    )
    for key in sorted(given.keys() - set(CHAT_KEYS)):
        require_json(given[key], f"input.{key}")
        if given[key] is not None:
            example["input"][key] = given[key]
    return with_columns(example, row, PREFERENCE_KEYS)


def preference_example(
    prompt: list[Message],
    preferred: list[Message],
    other: list[Message],
    row: dict[str, Any],
    places: tuple[str, str, str] = ("input.messages", "preferred_output", "non_preferred_output"),
) -> Record:
    """Return an example of checked messages with what the row says of tools.

    Args:
        prompt: what is answered.
        preferred: the answer to learn.
        other: the answer to avoid.
        row: where `tools` and `parallel_tool_calls` stand.
        places: where the three lists stand, for messages to the user.

    Raises:
        RowError: if a list is empty, or an answer holds messages that are none.
    """
    if not prompt:
        raise RowError(f"has no message in {places[0]}: there is nothing to answer")
    _require_answer(preferred, places[1])
    _require_answer(other, places[2])
    return {
        "input": ordered_input({"messages": prompt} | tool_settings(row)),
        "preferred_output": preferred,
        "non_preferred_output": other,
    }


def _require_answer(messages: list[Message], place: str) -> None:
    for message in messages:
        if message["role"] not in ANSWER_ROLES:
            raise RowError(
                f"has a {message['role']} message in {place}; the two answers can hold "
                "messages of the assistant and of tools only"
            )
    if not any(message["role"] == "assistant" for message in messages):
        raise RowError(f"has no assistant message in {place}: there is no answer to compare")
