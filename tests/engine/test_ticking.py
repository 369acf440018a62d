from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo

import apscheduler.schedulers.base
import pytest

from engine import ticking
from engine.ticking import Ticking

_SECONDS = 20


@pytest.fixture
def often() -> Iterator[Ticking]:
    made = Ticking(0.05)
    yield made
    made.stop()


class Counted:
    """A call that counts how often it was made."""

    def __init__(self, then: Callable[[str], None] = lambda _: None) -> None:
        self.count = 0
        self._then = then

    def __call__(self, name: str) -> None:
        self.count += 1
        self._then(name)

    def wait(self, count: int) -> None:
        deadline = time.monotonic() + _SECONDS
        while self.count < count:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_calls_are_repeated_and_a_slow_one_keeps_no_other_waiting(often: Ticking) -> None:
    released = threading.Event()
    slow, quick = Counted(lambda _: assert_set(released)), Counted()
    often.call("slow", slow)
    often.call("quick", quick)
    quick.wait(5)
    assert slow.count == 1
    released.set()
    slow.wait(2)


def assert_set(event: threading.Event) -> None:
    assert event.wait(_SECONDS)


def test_what_is_called_already_is_not_called_twice_as_often(often: Ticking) -> None:
    first, second = Counted(), Counted()
    often.call("it", first)
    often.call("it", second)
    first.wait(2)
    assert second.count == 0


def test_a_call_that_wants_another_does_not_hold_up_the_end() -> None:
    made = Ticking(0.05)
    begun, ending = threading.Event(), threading.Event()

    def call_another(_name: str) -> None:
        begun.set()
        ending.wait(_SECONDS)
        time.sleep(0.2)  # By now it is being stopped.
        made.call("another", lambda _: None)

    made.call("it", call_another)
    assert begun.wait(_SECONDS)
    stopping = threading.Thread(target=made.stop, daemon=True)
    stopping.start()
    ending.set()
    stopping.join(_SECONDS)
    assert not stopping.is_alive()


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=3650)])
def test_a_clock_that_is_set_otherwise_changes_nothing(
    jump: timedelta, often: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = timedelta(0)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + shift

    monkeypatch.setattr(ticking, "datetime", Clock)
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Clock)
    calls = Counted()
    often.call("it", calls)
    calls.wait(2)
    shift = jump
    calls.wait(calls.count + 5)
    assert calls.count < 200
