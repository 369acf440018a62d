from __future__ import annotations

import os
import random

from engine.data.cleaning.index import NearIndex, near_groups, near_overlap
from engine.data.cleaning.near import BAND_BYTES, BANDS, PERMUTATIONS, NearKeys
from engine.data.shapes.example import Record
from tests.engine.data.cleaning.conftest import Chat

WORDS = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(676)]


def texts(seed: int, count: int) -> list[str]:
    rnd = random.Random(seed)  # noqa: S311 - made-up texts
    return [" ".join(rnd.choices(WORDS, k=80)) for _ in range(count)]


def keys_of(chat: Chat, lines: list[str]) -> list[bytes]:
    return [NearKeys().key(chat(line, "ok")) for line in lines]


def test_an_index_gives_all_near_duplicates_in_rising_order(chat: Chat) -> None:
    one, other, third = keys_of(chat, texts(1, 3))
    index = NearIndex()
    assert [index.add(key) for key in (one, other, one, third)] == [0, 1, 2, 3]
    assert len(index) == 4
    assert index.lookup(one) == [0, 2]
    assert index.first(one) == 0
    assert index.lookup(other) == [1]
    assert index.first(keys_of(chat, texts(2, 1))[0]) is None


def test_overlap_names_the_test_examples_that_training_has(chat: Chat) -> None:
    train = texts(1, 30)
    test = [texts(2, 1)[0], train[7] + " and more", texts(3, 1)[0], train[7], train[29]]
    found = near_overlap(keys_of(chat, train), iter(keys_of(chat, test)))
    assert [(overlap.number, overlap.of) for overlap in found] == [(1, [7]), (3, [7]), (4, [29])]


def test_groups_join_near_duplicates_and_theirs(chat: Chat) -> None:
    first, second, third = texts(5, 3)
    middle = first.replace(first[:40], "quite another beginning here")
    far = middle.replace(middle[-40:], "and quite another end")
    keys = keys_of(chat, [second, far, first, third, middle, second, first])
    assert near_groups(keys, 0.8) == [0, 1, 1, 3, 1, 0, 1]
    # The two ends of the chain are too unlike to be found without the middle.
    assert near_groups([keys[1], keys[2]], 0.8) == [0, 1]


def test_groups_of_real_exercises_are_one_each(exercises: list[Record]) -> None:
    keys = [NearKeys(any_numbers=True).key(record) for record in exercises]
    assert near_groups(keys) == list(range(len(exercises)))


def test_masses_of_one_text_take_no_time(chat: Chat) -> None:
    key = keys_of(chat, texts(1, 1))[0]
    assert set(near_groups([key] * 20_000)) == {0}
    index = NearIndex()
    for _ in range(2_000):
        index.add(key)
    assert index.lookup(key)[:3] == [0, 1, 2]
    assert index.first(key) == 0


def test_keys_without_anything_in_common_are_not_compared() -> None:
    index = NearIndex()
    for _ in range(2_000):
        key = os.urandom(PERMUTATIONS + BANDS * BAND_BYTES)
        assert index.lookup(key) == []
        index.add(key)
