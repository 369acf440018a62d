from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from store.chain import FIELDS, GENESIS, chain_hash
from store.recorded import COLUMNS

VALUES = st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=4)), max_size=5)


def test_a_hash_is_what_sha256_says_of_the_previous_hash_and_netstrings() -> None:
    text = GENESIS + b"1:7" + b"5:job/a" + b"-" + b"2:\xc3\xa9"

    assert chain_hash(GENESIS, [7, "job/a", None, "é"]) == hashlib.sha256(text).digest()


def test_texts_and_their_bytes_hash_alike() -> None:
    assert chain_hash(GENESIS, ["é", 12]) == chain_hash(GENESIS, ["é".encode(), b"12"])


@given(VALUES, VALUES)
def test_different_fields_have_different_hashes(
    one: list[int | str | None], other: list[int | str | None]
) -> None:
    same = [value if value is None else str(value) for value in one] == [
        value if value is None else str(value) for value in other
    ]

    assert (chain_hash(GENESIS, one) == chain_hash(GENESIS, other)) == same


def test_the_previous_hash_counts() -> None:
    assert chain_hash(GENESIS, ["a"]) != chain_hash(bytes(31) + b"\x01", ["a"])


def test_every_column_but_the_hash_itself_is_hashed() -> None:
    assert COLUMNS.split(", ") == [*FIELDS.split(", "), "hash"]
