"""What is done with the system prompts of examples."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.example import Record

_SYSTEM_ROLES = ("system", "developer")


class SystemMode(StrEnum):
    """What is done with the system prompt of an example.

    A model that is trained with one behaves as trained where it is given the same one.
    """

    ADD = "add"
    """Give the one to the examples that have none."""
    REPLACE = "replace"
    """Give the one to all, in the place of what they have."""
    STRIP = "strip"
    """Take it away."""
    KEEP = "keep"
    """Leave examples as they are."""


def with_system(record: Record, mode: SystemMode, text: str = "") -> Record:
    """Return the example with its system prompt as wished; the very same object if it is already.

    System prompts are the messages of `system` and `developer`, wherever they stand. One that
    replaces another has its role.

    Args:
        record: an example of either kind.
        mode: what to do.
        text: the system prompt to add or to replace with; if it is empty nothing is.

    Raises:
        RowError: if nothing but a system prompt was to be answered.
    """
    if mode is SystemMode.KEEP or (mode is not SystemMode.STRIP and not text):
        return record
    if "messages" in record:
        messages = _changed(record["messages"], mode, text)
        return record if messages is None else record | {"messages": messages}
    messages = _changed(record["input"]["messages"], mode, text)
    if messages is None:
        return record
    if not messages:
        raise RowError("has nothing but a system prompt in input: without it, nothing is answered")
    return record | {"input": record["input"] | {"messages": messages}}


def _changed(
    messages: list[dict[str, Any]], mode: SystemMode, text: str
) -> list[dict[str, Any]] | None:
    """Return the messages with the system prompt as wished, None if they are so already."""
    own = [message for message in messages if message["role"] in _SYSTEM_ROLES]
    if own and mode is SystemMode.ADD:
        return None
    wanted = [] if mode is SystemMode.STRIP else [_system(own, text)]
    changed = [*wanted, *(message for message in messages if message not in own)]
    return None if changed == messages else changed


def _system(own: list[dict[str, Any]], text: str) -> dict[str, Any]:
    return {"role": own[0]["role"] if own else "system", "content": text}
