"""The tokens of all examples of a dataset version, on all cores."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from engine.data.parallel import in_order
from engine.data.reading.reader import RowBatch
from engine.data.shapes.example import messages_of
from engine.data.tokens.counting import Uncounted
from engine.data.tokens.distribution import Distribution
from engine.data.tokens.tokenizer import TokenizerSpec

_AT_ONCE = 50
"""So many examples are held as objects at a time; with more, the processor waits for memory."""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """What the examples of a dataset come to in tokens.

    Attributes:
        tokenizer: what counted them.
        total: all tokens of each example.
        assistant: of each example, the assistant's.
        messages: how many messages each example has.
        system: what the system prompts of all examples come to.
        uncounted: how many rows could not be counted; they are in no distribution.
    """

    tokenizer: str
    total: Distribution
    assistant: Distribution
    messages: Distribution
    system: int
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


def count_tokens(batches: Iterable[RowBatch], tokenizer: TokenizerSpec) -> TokenCounts:
    """Count the tokens of a dataset's examples.

    Args:
        batches: its rows, examples in their canonical form.
        tokenizer: what counts them.

    Raises:
        DataError: if the rows cannot be read on, or the tokenizer cannot be loaded.
    """
    sums = _Sums()
    for later in in_order(_Count(tokenizer), batches):
        sums.add(later)
    return TokenCounts(
        tokenizer.label,
        Distribution(sums.total),
        Distribution(sums.assistant),
        Distribution(sums.messages),
        sums.system,
        sums.uncounted,
    )


def _numbers() -> array[int]:
    return array("I")


@dataclass(slots=True)
class _Sums:
    """What is counted so far: 12 bytes an example."""

    total: array[int] = field(default_factory=_numbers)
    assistant: array[int] = field(default_factory=_numbers)
    messages: array[int] = field(default_factory=_numbers)
    system: int = 0
    uncounted: int = 0

    def add(self, later: _Sums) -> None:
        self.total.extend(later.total)
        self.assistant.extend(later.assistant)
        self.messages.extend(later.messages)
        self.system += later.system
        self.uncounted += later.uncounted


@dataclass(frozen=True, slots=True)
class _Count:
    """Counts a batch, in any process."""

    tokenizer: TokenizerSpec

    def __call__(self, batch: RowBatch) -> _Sums:
        counter = self.tokenizer.load()
        sums = _Sums()
        rows = batch.rows()
        while some := list(islice(rows, _AT_ONCE)):
            records = [row.value for row in some if isinstance(row.value, dict)]
            sums.uncounted += len(some) - len(records)
            for record, count in zip(records, counter.counts(records), strict=True):
                if isinstance(count, Uncounted):
                    sums.uncounted += 1
                    continue
                sums.total.append(count.total)
                sums.assistant.append(count.assistant)
                sums.messages.append(len(messages_of(record)))
                sums.system += count.system
        return sums
