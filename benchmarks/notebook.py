"""What OpenAI's notebook "Data preparation and analysis for chat model fine-tuning" does, plainly.

The same checks and counts in the same order, on a list of examples in memory: what ftlab's checks
are compared with, in results and in speed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tiktoken import Encoding

_KEYS = ("role", "content", "name", "function_call", "weight")
_ROLES = ("system", "user", "assistant", "function")


class Counted(NamedTuple):
    """What the notebook prints of a dataset, for a test to compare.

    Attributes:
        errors: how often each of its checks fails.
        missing_system: how many examples have no system message.
        missing_user: how many have no user message.
        messages: how many messages each example has.
        tokens: what each example comes to.
        assistant_tokens: what the assistant's part of it does.
    """

    errors: Counter[str]
    missing_system: int
    missing_user: int
    messages: list[int]
    tokens: list[int]
    assistant_tokens: list[int]


def format_errors(dataset: Iterable[Any]) -> Counter[str]:
    """Return how often each check of the notebook fails."""
    errors: Counter[str] = Counter()
    for example in dataset:
        if not isinstance(example, dict):
            errors["data_type"] += 1
            continue
        messages = example.get("messages")
        if not messages:
            errors["missing_messages_list"] += 1
            continue
        for message in messages:
            _check_message(message, errors)
        if not any(message.get("role") == "assistant" for message in messages):
            errors["example_missing_assistant_message"] += 1
    return errors


def num_tokens_from_messages(messages: list[dict[str, str]], encoding: Encoding) -> int:
    """Return what an example comes to."""
    total = 3
    for message in messages:
        total += 3
        for key, value in message.items():
            total += len(encoding.encode(value))
            if key == "name":
                total += 1
    return total


def num_assistant_tokens_from_messages(messages: list[dict[str, str]], encoding: Encoding) -> int:
    """Return what the assistant's messages of an example come to."""
    return sum(
        len(encoding.encode(message["content"]))
        for message in messages
        if message["role"] == "assistant"
    )


def count(dataset: list[dict[str, Any]], encoding: Encoding) -> Counted:
    """Return all that the notebook finds out about a dataset without errors."""
    errors = format_errors(dataset)
    missing_system = missing_user = 0
    messages, tokens, assistant_tokens = [], [], []
    for example in dataset:
        turns = example["messages"]
        missing_system += not any(message["role"] == "system" for message in turns)
        missing_user += not any(message["role"] == "user" for message in turns)
        messages.append(len(turns))
        tokens.append(num_tokens_from_messages(turns, encoding))
        assistant_tokens.append(num_assistant_tokens_from_messages(turns, encoding))
    return Counted(errors, missing_system, missing_user, messages, tokens, assistant_tokens)


def count_file(path: Path, encoding: Encoding) -> Counted:
    """Return the same of a JSON Lines file, read whole as the notebook reads it."""
    with path.open(encoding="utf-8") as lines:
        return count([json.loads(line) for line in lines], encoding)


def main() -> None:
    """Check and count a file, and print what the notebook prints of it."""
    import numpy as np
    import tiktoken

    counted = count_file(Path(sys.argv[1]), tiktoken.get_encoding("o200k_base"))
    print(dict(counted.errors) or "No errors found")
    print("Examples without system, user message:", counted.missing_system, counted.missing_user)
    for name in ("messages", "tokens", "assistant_tokens"):
        values = getattr(counted, name)
        print(name, min(values), max(values), np.mean(values), np.median(values))
        # What the notebook calls p5 and p95.
        print(np.quantile(values, 0.1), np.quantile(values, 0.9))


def _check_message(message: dict[str, Any], errors: Counter[str]) -> None:
    if "role" not in message or "content" not in message:
        errors["message_missing_key"] += 1
    if any(key not in _KEYS for key in message):
        errors["message_unrecognized_key"] += 1
    if message.get("role") not in _ROLES:
        errors["unrecognized_role"] += 1
    content = message.get("content")
    if (not content and not message.get("function_call")) or not isinstance(content, str):
        errors["missing_content"] += 1


if __name__ == "__main__":
    main()
