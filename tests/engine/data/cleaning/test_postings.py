from __future__ import annotations

import hashlib
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from engine.data.cleaning.postings import Postings


@given(st.lists(st.tuples(st.binary(min_size=6, max_size=6), st.integers(0, 2**32 - 1))))
def test_a_table_gives_what_was_added_in_order(added: list[tuple[bytes, int]]) -> None:
    table = Postings(hash_bytes=6, number_bytes=4, buckets=4)
    expected: defaultdict[bytes, list[int]] = defaultdict(list)
    for digest, number in added:
        table.add(digest, number, most=1000)
        expected[digest].append(number)
    for digest, numbers in expected.items():
        assert table.numbers(digest, most=1000) == numbers


def test_a_hash_keeps_no_more_numbers_than_it_may() -> None:
    table = Postings(hash_bytes=6, number_bytes=4, buckets=2**16)
    for number in range(10):
        table.add(b"digest", number, most=3)
    assert table.numbers(b"digest", most=100) == [0, 1, 2]
    assert table.numbers(b"digest", most=2) == [0, 1]


def test_bytes_that_straddle_two_entries_are_no_hit() -> None:
    table = Postings(hash_bytes=2, number_bytes=2, buckets=1)
    table.add(b"ab", int.from_bytes(b"cd", "little"), most=9)
    table.add(b"ef", 7, most=9)
    assert table.numbers(b"cd", most=9) == []
    assert table.numbers(b"de", most=9) == []
    assert table.numbers(b"ef", most=9) == [7]


def test_hashes_that_share_a_bucket_are_kept_apart() -> None:
    table = Postings(hash_bytes=16, number_bytes=5, buckets=2**8)
    digests = [hashlib.blake2b(b"%d" % n, digest_size=16).digest() for n in range(5000)]
    for number, digest in enumerate(digests):
        assert table.numbers(digest, 1) == []
        table.add(digest, number, 1)
    assert [table.numbers(digest, 1) for digest in digests] == [[n] for n in range(5000)]
