"""The tokens of all examples of a dataset version, on all cores, and what is recorded of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from engine.data.checking.fingerprints import Fingerprints, key_of, repeated
from engine.data.parallel import in_order
from engine.data.reading.reader import RowBatch
from engine.data.shapes.example import messages_of
from engine.data.tokens.counting import Uncounted
from engine.data.tokens.dataset import TokenCounts
from engine.data.tokens.distribution import Distribution
from engine.data.tokens.tokenizer import TokenizerSpec

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import DatasetCounted
    from store.queries.datasets import DatasetRow

_AT_ONCE = 50
"""So many examples are held as objects at a time; with more, the processor waits for memory."""


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
        Distribution(sums.total[number] for number in repeated(sums.keys).numbers()),
        sums.uncounted,
    )


def count_key(tokenizer: TokenizerSpec, *, as_completions: bool) -> str:
    """Return what a count is kept under.

    Args:
        tokenizer: what counts.
        as_completions: whether chats of one question are counted as prompts with completions.
    """
    return f"{tokenizer.key} (completions)" if as_completions else tokenizer.key


def counted_fact(lab: Lab, version: DatasetRow, counted: TokenCounts, key: str) -> DatasetCounted:
    """Return what is recorded of a count; the tokens of each example go into the blobs."""
    from store.events import DatasetCounted

    return DatasetCounted(
        version=version.id,
        tokenizer=key,
        tokens=counted.total.total,
        assistant_tokens=counted.assistant.total,
        statistics={
            "total": counted.total.to_json(),
            "assistant": counted.assistant.to_json(),
            "messages": counted.messages.to_json(),
            "system": counted.system,
            "duplicates": {
                "examples": counted.repeated.examples,
                "tokens": counted.repeated.total,
                "lengths": lab.blobs.put(counted.repeated.pack()),
            },
        },
        lengths=lab.blobs.put(counted.total.pack()),
    )


def _numbers() -> array[int]:
    return array("I")


@dataclass(slots=True)
class _Sums:
    """What is counted so far: 36 bytes an example."""

    total: array[int] = field(default_factory=_numbers)
    assistant: array[int] = field(default_factory=_numbers)
    messages: array[int] = field(default_factory=_numbers)
    keys: Fingerprints = field(default_factory=Fingerprints)
    system: int = 0
    uncounted: int = 0

    def add(self, later: _Sums) -> None:
        self.total.extend(later.total)
        self.assistant.extend(later.assistant)
        self.messages.extend(later.messages)
        self.keys.extend(later.keys)
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
            examples = [(row.line, row.value) for row in some if isinstance(row.value, dict)]
            sums.uncounted += len(some) - len(examples)
            counts = counter.counts([record for _, record in examples])
            for (line, record), count in zip(examples, counts, strict=True):
                if isinstance(count, Uncounted):
                    sums.uncounted += 1
                    continue
                sums.total.append(count.total)
                sums.assistant.append(count.assistant)
                sums.messages.append(len(messages_of(record)))
                sums.system += count.system
                sums.keys.add([line], [key_of(record)])
        return sums
