from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from engine.training.stopping import StopRequested, StopSignal


@pytest.fixture
def stop() -> Iterator[StopSignal]:
    earlier = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    installed = StopSignal()
    installed.install()
    yield installed
    for number, handler in earlier.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_remembered_and_breaks_nothing_off(
    stop: StopSignal, number: signal.Signals
) -> None:
    before = stop.requested
    os.kill(os.getpid(), number)
    assert (before, stop.requested) == (False, True)
    with pytest.raises(StopRequested):
        stop.check()


def test_work_that_may_be_broken_off_is(stop: StopSignal) -> None:
    reached = []

    def work() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        reached.append("the end")

    with pytest.raises(StopRequested), stop.interrupting():
        work()
    assert reached == []


def test_it_does_not_begin_after_a_signal(stop: StopSignal) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    reached = []
    with pytest.raises(StopRequested), stop.interrupting():
        reached.append("within")
    assert reached == []


def test_a_signal_that_something_swallowed_is_heeded_at_the_end(stop: StopSignal) -> None:
    reached = []

    def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except BaseException:  # noqa: BLE001 (what a careless library does)
            reached.append("swallowed")

    with pytest.raises(StopRequested), stop.interrupting():
        work()
    assert reached == ["swallowed"]


def test_a_second_signal_does_not_disturb_the_ending(stop: StopSignal) -> None:
    with pytest.raises(StopRequested), stop.interrupting():
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    assert stop.requested
