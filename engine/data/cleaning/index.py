"""The index of near duplicates, and what it answers: groups in one dataset, overlap of two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.data.cleaning.groups import Groups
from engine.data.cleaning.near import (
    BAND_BYTES,
    BANDS,
    PERMUTATIONS,
    likeness,
)
from engine.data.cleaning.parameters import DEFAULT_THRESHOLD, check_threshold
from engine.data.cleaning.postings import Postings

_NUMBER_BYTES = 4
_DIGEST_BYTES = 16
_BUCKETS = 2**18
_MOST_OF_A_BAND = 100
"""How many examples of one band are compared: masses of one template must not slow all down."""


class NearIndex:
    """Examples by their keys; gives those that are near duplicates of another.

    It costs about 190 bytes an example.

    Args:
        threshold: how alike near duplicates are at least; that of the `NearKeys` that made the
            keys, or more.
    """

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        self._threshold = check_threshold(threshold)
        self._signatures = bytearray()
        self._bands = Postings(BAND_BYTES, _NUMBER_BYTES, _BUCKETS)

    def __len__(self) -> int:
        return len(self._signatures) // PERMUTATIONS

    def add(self, key: bytes) -> int:
        """Add an example; return its number, counted from 0."""
        number = len(self)
        for band in _bands(key):
            self._bands.add(band, number, _MOST_OF_A_BAND)
        self._signatures += key[:PERMUTATIONS]
        return number

    def lookup(self, key: bytes) -> list[int]:
        """Return the numbers of the examples that are near duplicates, in rising order.

        Where more than 100 examples share a part of their signatures, later ones may be left out.
        """
        return sorted(number for number in self._candidates(key) if self._is_near(key, number))

    def first(self, key: bytes) -> int | None:
        """Return the lowest number that `lookup` would, None if there is none."""
        candidates = sorted(self._candidates(key))
        return next((number for number in candidates if self._is_near(key, number)), None)

    def _candidates(self, key: bytes) -> set[int]:
        candidates: set[int] = set()
        for band in _bands(key):
            candidates.update(self._bands.numbers(band, _MOST_OF_A_BAND))
        return candidates

    def _is_near(self, key: bytes, number: int) -> bool:
        at = PERMUTATIONS * number
        other = bytes(self._signatures[at : at + PERMUTATIONS])
        return likeness(key, other) >= self._threshold


class Overlap(NamedTuple):
    """An example of one dataset that has near duplicates in another.

    Attributes:
        number: which example of the second dataset, counted from 0.
        of: which examples of the first, in rising order.
    """

    number: int
    of: list[int]


def near_overlap(
    keys: Iterable[bytes], others: Iterable[bytes], threshold: float = DEFAULT_THRESHOLD
) -> Iterator[Overlap]:
    """Find what two datasets share, such as test examples that leaked into training.

    The first is held in memory as an index, the second is streamed.

    Args:
        keys: the first dataset's keys, by `NearKeys.key`.
        others: the second dataset's, made with the same settings.
        threshold: how alike near duplicates are at least.
    """
    index = NearIndex(threshold)
    for key in keys:
        index.add(key)
    for number, key in enumerate(others):
        found = index.lookup(key)
        if found:
            yield Overlap(number, found)


def near_groups(keys: Iterable[bytes], threshold: float = DEFAULT_THRESHOLD) -> list[int]:
    """Group examples so that near duplicates, and their near duplicates, are in one group.

    Args:
        keys: the examples' keys, by `NearKeys.key`.
        threshold: how alike near duplicates are at least.

    Returns:
        For each example the number of its group's first example, counted from 0.
    """
    index = NearIndex(threshold)
    same = Postings(_DIGEST_BYTES, _NUMBER_BYTES, _BUCKETS)
    groups = Groups()
    indexed: list[int] = []
    for key in keys:
        number = groups.add()
        # Masses of equal examples would fill the index, and one of them stands for all.
        digest = hashlib.blake2b(key, digest_size=_DIGEST_BYTES).digest()
        equal = same.numbers(digest, 1)
        if equal:
            groups.unite(number, equal[0])
            continue
        same.add(digest, number, 1)
        for near in index.lookup(key):
            groups.unite(number, indexed[near])
        index.add(key)
        indexed.append(number)
    return groups.firsts()


def _bands(key: bytes) -> Iterator[bytes]:
    return (
        key[at : at + BAND_BYTES]
        for at in range(PERMUTATIONS, PERMUTATIONS + BANDS * BAND_BYTES, BAND_BYTES)
    )
