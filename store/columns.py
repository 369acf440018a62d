"""How points of a metric are packed into bytes.

Values are 4-byte floats where that loses nothing (what torch computes in single precision) and
8-byte floats otherwise, little-endian, after one byte that says which (`f` or `d`). Steps that do
not follow a stride are 8-byte integers.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

_SWAP = sys.byteorder == "big"


class Extremes(NamedTuple):
    """The lowest and highest finite value and the steps at which they first stand."""

    low: float | None
    low_step: int | None
    high: float | None
    high_step: int | None


def pack_values(values: Sequence[float]) -> bytes:
    """Pack values without loss into as few bytes as their precision allows."""
    if _is_narrow(values[:4]) and _is_narrow(values):
        return b"f" + _little_endian(array("f", values))
    return b"d" + _little_endian(array("d", values))


def _is_narrow(values: Sequence[float]) -> bool:
    return array("f", values).tolist() == list(values)


def unpack_values(packed: bytes) -> array[float]:
    """Return the packed values, as 8-byte floats."""
    values: array[float] = array("f" if packed[:1] == b"f" else "d")
    values.frombytes(memoryview(packed)[1:])
    if _SWAP:
        values.byteswap()
    return array("d", values)


def stride_of(steps: list[int]) -> int | None:
    """Return the distance between steps if it is the same everywhere, else None."""
    if len(steps) < 2:
        return 1
    stride = steps[1] - steps[0]
    if stride == 0 or steps[-1] - steps[0] != stride * (len(steps) - 1):
        return None
    regular = range(steps[0], steps[-1] + (1 if stride > 0 else -1), stride)
    return stride if steps == list(regular) else None


def pack_steps(steps: Sequence[int]) -> bytes:
    """Pack steps that follow no stride."""
    return _little_endian(array("q", steps))


def unpack_steps(
    packed: bytes | None, first: int, stride: int | None, count: int
) -> range | array[int]:
    """Return the steps of a chunk, packed or regular."""
    if packed is None:
        distance = stride or 1
        return range(first, first + distance * count, distance)
    steps = array("q")
    steps.frombytes(packed)
    if _SWAP:
        steps.byteswap()
    return steps


def extremes(steps: Sequence[int], values: Sequence[float]) -> Extremes:
    """Find the lowest and highest finite values; a diverged loss (NaN, infinity) is neither."""
    low, high = min(values), max(values)
    if not (isfinite(low) and isfinite(high) and isfinite(sum(values))):
        finite = [
            (step, value) for step, value in zip(steps, values, strict=True) if isfinite(value)
        ]
        if not finite:
            return Extremes(None, None, None, None)
        steps, values = zip(*finite, strict=True)
        low, high = min(values), max(values)
    return Extremes(low, steps[values.index(low)], high, steps[values.index(high)])


def _little_endian(numbers: array[float] | array[int]) -> bytes:
    if _SWAP:
        numbers.byteswap()
    return numbers.tobytes()
