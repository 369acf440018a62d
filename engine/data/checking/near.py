"""Examples that are nearly the same as others, or that ask nearly the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.data.checking.rows import example_in, is_sound, method_of, row_problems
from engine.data.checking.rules import Method
from engine.data.cleaning.index import near_groups, near_overlap
from engine.data.cleaning.near import PROMPTS, WHOLE, NearKeys, require_rensa
from engine.data.parallel import in_order
from engine.data.reading.reader import RowBatch
from engine.data.shapes.example import messages_of

NEAR_DUPLICATE = "near-duplicate"
NEAR_OVERLAP = "near-overlap"
"""The rules that these are found by."""


class Near(NamedTuple):
    """An example that is nearly another one.

    Attributes:
        line: where it starts.
        of: where the other one starts.
    """

    line: int
    of: int


def near_duplicates(batches: Iterable[RowBatch], method: Method | None) -> Iterator[Near]:
    """Yield the examples that are nearly the same as an earlier one.

    Args:
        batches: the rows of a dataset; those with an error are no examples.
        method: what they are for; None if each row tells.

    Raises:
        DataError: if the rows cannot be read on, or the package that this needs is not installed.
    """
    lines = array("Q")
    for number, group in enumerate(near_groups(_keys(batches, method, WHOLE, lines))):
        if group != number:
            yield Near(lines[number], lines[group])


def near_overlaps(
    batches: Iterable[RowBatch], others: Iterable[RowBatch], method: Method | None
) -> Iterator[Near]:
    """Yield the examples whose prompt is nearly one of another dataset's.

    Args:
        batches: the rows of a dataset.
        others: those of the other one.
        method: what the first ones are for; None if each row tells.

    Raises:
        DataError: if the rows cannot be read on, or the package that this needs is not installed.
    """
    lines, other_lines = array("Q"), array("Q")
    theirs = _keys(others, None, PROMPTS, other_lines)
    for found in near_overlap(theirs, _keys(batches, method, PROMPTS, lines)):
        yield Near(lines[found.number], other_lines[found.of[0]])


def _keys(
    batches: Iterable[RowBatch], method: Method | None, maker: NearKeys, lines: array[int]
) -> Iterator[bytes]:
    """Yield the examples' keys, noting on which lines they start."""
    require_rensa()
    for keys in in_order(_Keys(maker, method), batches):
        for line, key in keys:
            lines.append(line)
            yield key


@dataclass(frozen=True, slots=True)
class _Keys:
    """Makes the keys of a batch; it travels to other processes."""

    maker: NearKeys
    method: Method | None

    def __call__(self, batch: RowBatch) -> list[tuple[int, bytes]]:
        keys = []
        for line, row in batch.rows():
            if not isinstance(row, dict):
                continue
            method = self.method or method_of(row)
            if is_sound(row_problems(row, method)):
                example = example_in(row, method)
                if method == "completion":
                    example = {"messages": messages_of(example)}
                keys.append((line, self.maker.key(example)))
        return keys
