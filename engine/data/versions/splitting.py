"""Which rows of a dataset train a model, which watch over it, and which are kept to test it."""

from __future__ import annotations

import hashlib
import itertools
import struct
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum

from engine.data.errors import DataError, WishError

_WORD_BITS = 64


class Part(IntEnum):
    """The part that a row belongs to."""

    TRAIN = 0
    VALIDATION = 1
    TEST = 2

    @property
    def label(self) -> str:
        """The part's name, as in `name/validation`."""
        return self.name.lower()


def assign(count: int, *, test: float, validation: float, seed: int) -> bytearray:
    """Draw the part of every row, at random and in exact sizes.

    The rows are gone through once and each is drawn with the chance that the rows still wanted have
    among those still to come (selection sampling: Knuth, The Art of Computer Programming, volume 2,
    3.4.2, algorithm S), so a row costs one byte. The chances come from SHA-256 in counter mode and
    whole-number arithmetic: the same seed gives the same parts everywhere. Which rows test depends
    on `test`, `count` and `seed` alone, whatever the size of the validation part.

    Args:
        count: how many rows there are.
        test: the test part's size: a whole number of rows (int), or a fraction below 1 (float) of
            the count, rounded to the nearest whole row, halves up; 0 for none.
        validation: the validation part's size, likewise.
        seed: another seed draws other rows.

    Returns:
        One byte a row, in the rows' order: the value of its `Part`.

    Raises:
        DataError: if a size is no such number, a part that was asked for would be empty, or no row
            would be left for training.
    """
    for_test, for_validation = part_sizes(count, test, validation)
    return drawn(count, for_test, for_validation, random_words(f"{seed}"))


def part_sizes(count: int, test: float, validation: float) -> tuple[int, int]:
    """Return how many of `count` rows shall test and how many shall watch over the training.

    Args:
        count: how many rows there are.
        test: a whole number of rows (int) or a fraction below 1 (float); see `assign`.
        validation: likewise.

    Raises:
        DataError: if a size is no such number, a part that was asked for would be empty, or no row
            would be left for training.
    """
    for_test = rows_of("the test part", test, count)
    for_validation = rows_of("the validation part", validation, count)
    if for_test + for_validation >= count:
        raise DataError(
            f"Of {count} rows {for_test} would go to test and {for_validation} to validation: "
            "nothing is left for training. Ask for less."
        )
    return for_test, for_validation


def rows_of(what: str, size: float, count: int) -> int:
    """Return how many of `count` rows a size means.

    Args:
        what: what is to have that size, for the message: "the test part".
        size: a whole number of rows (int), or a fraction below 1 (float) of the count, rounded to
            the nearest whole row, halves up.
        count: how many rows there are.

    Raises:
        WishError: if the size is no such number.
        DataError: if a fraction comes to less than one row.
    """
    if not _is_size(size):
        raise WishError(_no_size(f"{size} for {what}"))
    if isinstance(size, int):
        return size
    # As the fraction was written: 0.29 of 50 is 14.5, where binary floats say 14.499….
    rows = int((Decimal(repr(size)) * count).to_integral_value(ROUND_HALF_UP))
    if rows == 0 and size > 0:
        raise DataError(
            f"{size:g} of {count} rows is less than one row: {what} would be empty. Ask for more."
        )
    return rows


def parse_size(text: str) -> float:
    """Read a size as a person writes it: "0.1" is a fraction, "100" a number of rows.

    Raises:
        WishError: if it is neither.
    """
    try:
        size = _number(text)
    except ValueError as error:
        raise WishError(_no_size(repr(text))) from error
    if not _is_size(size):
        raise WishError(_no_size(text))
    return size


def _number(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _is_size(size: float) -> bool:
    return size >= 0 if isinstance(size, int) else 0 <= size < 1


def drawn(count: int, test: int, validation: int, words: Iterator[int]) -> bytearray:
    """Draw the part of each of `count` rows in exact sizes; see `assign`."""
    parts = bytearray(count)
    for row, (left, word) in enumerate(zip(range(count, 0, -1), words, strict=False)):
        place = (word * left) >> _WORD_BITS
        if place < test:
            parts[row] = Part.TEST
            test -= 1
        elif place < test + validation:
            parts[row] = Part.VALIDATION
            validation -= 1
    return parts


def random_words(seed: str) -> Iterator[int]:
    """Give 64-bit numbers without end, evenly spread and fixed by the seed."""
    for block in itertools.count():
        digest = hashlib.sha256(f"ftlab split {seed} {block}".encode()).digest()
        yield from struct.unpack(">4Q", digest)


def _no_size(given: str) -> str:
    return f"A size is a fraction below 1 (0.1) or a whole number of rows (100), not {given}."
