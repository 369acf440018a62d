"""The tokens of examples as a hosted model reads them.

The rule is that of OpenAI's cookbook ("Data preparation and analysis for chat model fine-tuning"):
3 for each message, the tokens of each of its texts (role, content, name, …), 1 more for a name, and
3 for the example. What the cookbook does not say is estimated: tools, tool calls and the parts of a
content count as their JSON; an image only as what surrounds its data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from engine.data.shapes.example import Record, is_completion

PER_MESSAGE = 3
PER_NAME = 1
PER_EXAMPLE = 3

_DATA_KEYS = ("data", "file_data")
"""Where a part of a content keeps bytes as base64 (an image keeps them in a `data:` address)."""

_REMEMBERED = 1024
"""How many system prompts' tokens are kept: most datasets have one, some have one an example."""


class ExampleTokens(NamedTuple):
    """What an example comes to.

    Attributes:
        total: all its tokens, which are what a provider bills. Of a preference example the input
            counts once and both answers do: as they stand in the file.
        assistant: those of the assistant's contents, weight or not.
        system: those of the contents of system and developer messages.
        longest: those of the longest conversation that it trains: `total`, but for a preference
            example the input and the longer of the answers. A model's limit is a limit of this.
    """

    total: int
    assistant: int
    system: int
    longest: int


class Uncounted(NamedTuple):
    """Why the tokens of an example cannot be counted.

    Attributes:
        reason: a clause that follows "the example".
    """

    reason: str


class TokenCounter(Protocol):
    """Counts the tokens of chat, preference and prompt/completion examples."""

    def counts(self, records: Sequence[Record]) -> list[ExampleTokens | Uncounted]:
        """Count each example."""
        ...

    def beyond(self, record: Record, limit: int) -> str:
        """Say what of an example lies beyond a limit, as a clause: "the end of messages[2]"."""
        ...


class HostedCounter:
    """Counts as OpenAI's cookbook does.

    Args:
        count: the tokens of a text; asked once for each.
    """

    def __init__(self, count: Callable[[str], int]) -> None:
        self._count = count
        self._roles: dict[str, int] = {}
        self._system_prompts: dict[str, int] = {}

    def counts(self, records: Sequence[Record]) -> list[ExampleTokens | Uncounted]:
        """Count each example; it is one that has been found well formed."""
        return [self._counted(record) for record in records]

    def beyond(self, record: Record, limit: int) -> str:
        """Say what of an example lies beyond a limit, as a clause: "the end of messages[2]"."""
        places = list(self._places(record))
        room = limit
        for number, (place, tokens) in enumerate(places, start=1):
            if tokens > room:
                first = f"the end of {place}" if room > 0 else place
                after = len(places) - number
                return f"{first} and what follows it ({after})" if after else first
            room -= tokens
        return "nothing"

    def _counted(self, record: Record) -> ExampleTokens:
        if "messages" in record:
            total, assistant, system = self._messages(record["messages"])
            total += PER_EXAMPLE
            if len(record) > 1:
                total += self._json(record.get("tools"))
            return ExampleTokens(total, assistant, system, total)
        return self._completion(record) if is_completion(record) else self._preference(record)

    def _preference(self, record: Record) -> ExampleTokens:
        source = record["input"]
        total, assistant, system = self._messages(source["messages"])
        total += PER_EXAMPLE + self._json(source.get("tools"))
        preferred, first, _ = self._messages(record["preferred_output"])
        other, second, _ = self._messages(record["non_preferred_output"])
        return ExampleTokens(
            total + preferred + other,
            assistant + first + second,
            system,
            total + max(preferred, other),
        )

    def _completion(self, record: Record) -> ExampleTokens:
        answer = self._count(record["completion"])
        total = self._count(record["prompt"]) + answer
        return ExampleTokens(total, answer, 0, total)

    def _messages(self, messages: list[dict[str, Any]]) -> tuple[int, int, int]:
        """Return all tokens of some messages, the assistant's, and those of system prompts."""
        total = assistant = system = 0
        for message in messages:
            role, content = message["role"], message.get("content")
            if role == "system" or role == "developer":
                tokens = self._system_prompt(content)
                system += tokens
            else:
                tokens = self._count(content) if type(content) is str else self._parts(content)
                if role == "assistant":
                    assistant += tokens
            total += PER_MESSAGE + tokens + self._role(role)
            if len(message) > 2:
                total += self._others(message)
        return total, assistant, system

    def _role(self, role: str) -> int:
        tokens = self._roles.get(role)
        if tokens is None:
            tokens = self._roles[role] = self._count(role)
        return tokens

    def _system_prompt(self, content: object) -> int:
        if type(content) is not str:
            return self._parts(content)
        tokens = self._system_prompts.get(content)
        if tokens is None:
            if len(self._system_prompts) >= _REMEMBERED:
                self._system_prompts.clear()
            tokens = self._system_prompts[content] = self._count(content)
        return tokens

    def _others(self, message: dict[str, Any]) -> int:
        """Count what a message has beside its role and content; numbers are no texts."""
        total = 0
        for key, value in message.items():
            if key in ("role", "content"):
                continue
            total += PER_NAME if key == "name" else 0
            total += self._count(value) if isinstance(value, str) else self._json(value)
        return total

    def _parts(self, content: object) -> int:
        if not isinstance(content, list):
            return 0
        return sum(self._part(part) for part in content)

    def _part(self, part: dict[str, Any]) -> int:
        text = part.get("text")
        return self._count(text) if isinstance(text, str) else self._json(_without_data(part))

    def _json(self, value: object) -> int:
        if not isinstance(value, dict | list) or not value:
            return 0
        return self._count(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def _places(self, record: Record) -> Iterator[tuple[str, int]]:
        """Yield the parts of the longest conversation in order, with their tokens."""
        if is_completion(record):
            yield "prompt", self._count(record["prompt"])
            yield "completion", self._count(record["completion"])
            return
        source, first = (record, "") if "messages" in record else (record["input"], "input.")
        # A model reads the tools first; where the example's own 3 stand does not matter.
        yield "tools", PER_EXAMPLE + self._json(source.get("tools"))
        yield from self._placed(f"{first}messages", source["messages"])
        if "messages" not in record:
            outputs = ("preferred_output", "non_preferred_output")
            longer = max(outputs, key=lambda name: self._messages(record[name])[0])
            yield from self._placed(longer, record[longer])

    def _placed(self, name: str, messages: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
        for number, message in enumerate(messages):
            yield f"{name}[{number}]", self._messages([message])[0]


def _without_data(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part without the bytes of an image or a recording: they are not read as text."""
    return {key: _shortened(key, value) for key, value in part.items()}


def _shortened(key: str, value: object) -> object:
    if isinstance(value, dict):
        return _without_data(value)
    is_data = isinstance(value, str) and (key in _DATA_KEYS or value.startswith("data:"))
    return "" if is_data else value
