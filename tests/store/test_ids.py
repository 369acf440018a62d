from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from store.ids import new_id


def test_an_id_is_its_prefix_and_eleven_readable_characters() -> None:
    prefix, _, rest = new_id("job").partition("_")

    assert prefix == "job"
    assert len(rest) == 11
    assert set(rest) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_ids_of_one_process_only_ever_grow_even_within_a_millisecond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: moment)

    ids = [new_id("job") for _ in range(40_000)]

    assert ids == sorted(set(ids))


def test_ids_go_on_growing_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id("job")
    an_hour_ago = time.time_ns() - 3_600_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: an_hour_ago)

    assert new_id("job") > before


def test_a_later_milliseconds_id_sorts_after_an_earlier_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = time.time_ns() + 86_400_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: far)
    before = new_id("job")
    monkeypatch.setattr(time, "time_ns", lambda: far + 1_000_000)

    assert new_id("job")[:12] > before[:12]


def test_threads_never_draw_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: new_id("job"), range(4000)))

    assert len(set(ids)) == 4000
