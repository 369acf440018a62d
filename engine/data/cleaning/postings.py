"""A table from hashes to numbers that keeps millions of them in few bytes each."""

from __future__ import annotations

_EMPTY = b""


class Postings:
    """Numbers by hash; the same hash may have several.

    A hash's end chooses one of many buckets, and a bucket is a byte string of entries: the hash's
    beginning and the number. Searching a short byte string is faster in Python than probing a table
    slot by slot, and a byte string has hardly any room to spare.

    Args:
        hash_bytes: the length of the hashes.
        number_bytes: the length that numbers are kept in.
        buckets: how many buckets there are, a power of two. They are fastest with up to a few
            hundred bytes in each, and most compact with about a thousand.
    """

    def __init__(self, hash_bytes: int, number_bytes: int, buckets: int) -> None:
        self._mask = buckets - 1
        self._buckets = [_EMPTY] * buckets
        # What the bucket tells of a hash need not be kept in it.
        self._kept = hash_bytes - (self._mask.bit_length() // 8)
        self._number = number_bytes
        self._entry = self._kept + number_bytes

    def add(self, digest: bytes, number: int, most: int) -> None:
        """Add a number to those of a hash, unless it has so many already."""
        at = int.from_bytes(digest[-4:]) & self._mask
        entries = self._buckets[at]
        # A bucket with fewer entries in all need not be searched.
        if len(entries) >= most * self._entry and len(self.numbers(digest, most)) >= most:
            return
        entry = digest[: self._kept] + number.to_bytes(self._number, "little")
        self._buckets[at] = entries + entry

    def numbers(self, digest: bytes, most: int) -> list[int]:
        """Return the numbers of a hash in the order in which they were added, at most so many."""
        entries = self._buckets[int.from_bytes(digest[-4:]) & self._mask]
        wanted = digest[: self._kept]
        at = entries.find(wanted)
        found: list[int] = []
        while at >= 0 and len(found) < most:
            # Bytes that straddle two entries are no hit.
            if at % self._entry == 0:
                end = at + self._entry
                found.append(int.from_bytes(entries[end - self._number : end], "little"))
                at = entries.find(wanted, end)
            else:
                at = entries.find(wanted, at + 1)
        return found
