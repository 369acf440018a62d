"""What makes two examples the same, and two prompts: the digests by which duplicates are found.

An example is what it asks and what it answers. The answer is the last message of the assistant, or
both outputs of a preference example; all other messages and the tools are what it asks. Columns
beside them do not count, nor does the order of keys. `engine.data.checking.fingerprints` follows
the same definition in fewer bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from engine.data.shapes.example import CHAT_KEYS, Record

DIGEST_BYTES = 16

_TOOL_KEYS = [key for key in CHAT_KEYS if key != "messages"]
_PLAIN_MESSAGE_LENGTH = 2
"""A role and a content."""

_json = json.JSONEncoder(sort_keys=True).encode


def example_digest(record: Record) -> bytes:
    """Return 16 bytes that stand for the example: what it asks and what it answers."""
    asking, answers = _divided(record)
    return _digest(f"{_prompt(record, asking)}\n{_json(answers)}")


def prompt_digest(record: Record) -> bytes | None:
    """Return 16 bytes that stand for what the example asks; None if it asks nothing."""
    prompt = prompt_text(record)
    return _digest(prompt) if prompt else None


def prompt_text(record: Record) -> str:
    """Return what an example asks as one text, equal for equal prompts; "" if it asks nothing."""
    return _prompt(record, _divided(record)[0])


def _prompt(record: Record, messages: list[dict[str, Any]]) -> str:
    if not any(map(_says_something, messages)):
        return ""
    holder = record if "messages" in record else record["input"]
    tools = [[key, holder[key]] for key in _TOOL_KEYS if holder.get(key) not in (None, [])]
    return _json([messages, *tools])


def _divided(record: Record) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return the messages that ask, then what is answered."""
    if "messages" not in record:
        answers = [record["preferred_output"], record["non_preferred_output"]]
        return record["input"]["messages"], answers
    messages = record["messages"]
    spoken = [at for at, message in enumerate(messages) if message["role"] == "assistant"]
    if not spoken:
        return messages, []
    last = spoken[-1]
    return [*messages[:last], *messages[last + 1 :]], [messages[last]]


def _says_something(message: dict[str, Any]) -> bool:
    return message.get("content") != "" or len(message) > _PLAIN_MESSAGE_LENGTH


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()
