from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from store.database import Database
from store.leases import Lease


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease(database: Database, clock: Clock) -> Callable[[str], Lease]:
    return lambda who: Lease(database, "poller", who, seconds=15, clock=clock)


def test_a_clock_that_is_set_back_makes_no_lease_last_longer(
    lease: Callable[[str], Lease], clock: Clock
) -> None:
    one, other = lease("daemon 1"), lease("ui 2")
    assert one.acquire()
    clock.now -= 500
    # The living holder renews what it holds by the new time.
    assert one.acquire()
    assert not other.acquire()
    clock.now -= 500
    # Of a dead one nothing is left.
    assert other.acquire()
    assert not one.acquire()


def test_only_one_holds_a_lease(lease: Callable[[str], Lease]) -> None:
    one, other = lease("daemon 1"), lease("ui 2")

    assert one.acquire()
    assert not other.acquire()
    assert one.acquire()
    assert other.holder() == "daemon 1"


def test_a_lease_lapses_when_its_holder_dies(lease: Callable[[str], Lease], clock: Clock) -> None:
    dead, other = lease("daemon 1"), lease("ui 2")
    dead.acquire()

    clock.now += 14.9
    assert not other.acquire()
    clock.now += 0.1
    assert other.holder() is None
    assert other.acquire()
    assert other.holder() == "ui 2"


def test_a_holder_that_was_asleep_too_long_does_not_think_it_still_holds_it(
    lease: Callable[[str], Lease], clock: Clock
) -> None:
    asleep, other = lease("daemon 1"), lease("ui 2")
    asleep.acquire()
    clock.now += 20
    other.acquire()

    assert not asleep.acquire()


def test_renewing_in_time_keeps_it(lease: Callable[[str], Lease], clock: Clock) -> None:
    one, other = lease("daemon 1"), lease("ui 2")
    for _ in range(10):
        assert one.acquire()
        assert not other.acquire()
        clock.now += 10


def test_a_fresh_lease_is_renewed_without_writing(
    lease: Callable[[str], Lease], database: Database, clock: Clock
) -> None:
    one = lease("daemon 1")
    one.acquire()
    changes = database.writer.total_changes

    clock.now += 4
    one.acquire()
    assert database.writer.total_changes == changes
    clock.now += 4
    one.acquire()
    assert database.writer.total_changes > changes


def test_a_released_lease_is_free_at_once(lease: Callable[[str], Lease]) -> None:
    one, other = lease("daemon 1"), lease("ui 2")
    one.acquire()

    one.release()

    assert other.acquire()


def test_who_never_held_it_or_lost_it_releases_nothing(
    lease: Callable[[str], Lease], clock: Clock
) -> None:
    late, never, holder = lease("late"), lease("never"), lease("holder")
    late.acquire()
    clock.now += 20
    holder.acquire()

    late.release()
    never.release()

    assert holder.holder() == "holder"
    assert not never.acquire()


def test_leases_of_different_names_do_not_meddle(database: Database, clock: Clock) -> None:
    assert Lease(database, "poller", "a", clock=clock).acquire()
    assert Lease(database, "server", "b", clock=clock).acquire()


def test_another_process_sees_the_lease(lease: Callable[[str], Lease], clock: Clock) -> None:
    one = lease("daemon 1")
    one.acquire()

    with closing(Database(one._database.path)) as again:
        assert not Lease(again, "poller", "ui 2", clock=clock).acquire()
