"""What the examples of a dataset come to in tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.data.tokens.distribution import Distribution


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """What the examples of a dataset come to in tokens.

    Attributes:
        tokenizer: what counted them, to show.
        total: all tokens of each example.
        assistant: of each example, the assistant's.
        messages: how many messages each example has.
        system: what the system prompts of all examples come to.
        repeated: the tokens of each example that is there already.
        uncounted: how many rows could not be counted; they are in no distribution.
    """

    tokenizer: str
    total: Distribution
    assistant: Distribution
    messages: Distribution
    system: int
    repeated: Distribution
    uncounted: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain JSON, without the values of each example."""
        return {
            "tokenizer": self.tokenizer,
            "total": self.total.to_json(),
            "assistant": self.assistant.to_json(),
            "messages": self.messages.to_json(),
            "system": self.system,
            "uncounted": self.uncounted,
        }
