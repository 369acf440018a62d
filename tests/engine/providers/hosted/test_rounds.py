from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from engine.errors import ProviderError
from engine.lab import Lab
from engine.poller import Poller
from engine.providers.hosted.schedule import Schedule
from store.queries.jobs import job_detail
from tests.engine.providers.hosted.conftest import Follow, plan
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.standin import Standin

JOB, LIST = "/fine_tuning/jobs/*", "/fine_tuning/jobs"


class Clock:
    """Seconds that go forward when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def schedule(clock: Clock) -> Schedule:
    return Schedule(clock, lambda: 0.5)


def test_many_jobs_are_looked_up_in_the_list(lab: Lab, standin: Standin, follow: Follow) -> None:
    jobs = [follow(standin.live_job("queued").id) for _ in range(30)]
    Poller(lab).look_at_profile("openai")
    assert {job_detail(lab.database.reader, job).status for job in jobs} == {"queued"}
    assert standin.count("GET", LIST) == 1
    assert standin.count("GET", JOB) == 0


def test_what_waits_without_news_costs_one_request_for_all(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    for _ in range(30):
        follow(standin.live_job("queued").id)
    poller = Poller(lab)
    poller.look_at_profile("openai")
    before = len(standin.requests)
    assert poller.look_at_profile("openai") == 0
    assert len(standin.requests) == before + 1


def test_a_slow_job_keeps_no_other_waiting(lab: Lab, standin: Standin, follow: Follow) -> None:
    slow, quick = (standin.live_job("running").id for _ in range(2))
    standin.inject(faults.slow(1.0), "GET", f"/fine_tuning/jobs/{slow}", times=1)
    first, second = follow(slow), follow(quick)
    Poller(lab).look_at_profile("openai")
    times = [job_detail(lab.database.reader, job).updated_at for job in (first, second)]
    assert times[1] < times[0]


def test_one_jobs_trouble_is_told_when_the_others_were_looked_at(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    bad, good = (standin.live_job("running").id for _ in range(2))
    standin.inject(
        faults.missing_scope("api.fine_tuning.jobs.read"),
        "GET",
        f"/fine_tuning/jobs/{bad}",
        times=None,
    )
    follow(bad)
    job = follow(good)
    with pytest.raises(ProviderError, match="does not let this key do that"):
        Poller(lab).look_at_profile("openai")
    assert job_detail(lab.database.reader, job).status == "running"


@pytest.mark.parametrize(
    ("status", "seconds"), [("running", 10), ("queued", 60), ("paused", 300), ("unheard", 60)]
)
def test_a_job_is_looked_at_as_often_as_its_status_asks_for(
    status: str, seconds: float, schedule: Schedule, clock: Clock
) -> None:
    assert schedule.is_due("job")
    schedule.looked("job", status)
    clock.now = seconds - 1
    assert not schedule.is_due("job")
    clock.now = seconds
    assert schedule.is_due("job")


def test_trouble_makes_a_job_wait_longer_each_time(schedule: Schedule, clock: Clock) -> None:
    waits = []
    for _ in range(9):
        schedule.failed("job")
        start = clock.now
        while not schedule.is_due("job"):
            clock.now += 1
        waits.append(clock.now - start)
    assert waits == [10, 20, 40, 80, 160, 320, 600, 600, 600]


def test_a_service_is_left_alone_for_as_long_as_it_asks(schedule: Schedule, clock: Clock) -> None:
    schedule.failed("job", wait=3600)
    clock.now = 3599
    assert not schedule.is_due("job")
    clock.now = 3600
    assert schedule.is_due("job")


def test_who_was_offline_is_not_kept_waiting_for_long(schedule: Schedule, clock: Clock) -> None:
    for _ in range(20):
        schedule.failed("job", unreachable=True)
    clock.now = 60
    assert schedule.is_due("job")


def test_a_file_that_is_long_on_its_way_keeps_no_other_job_waiting(
    lab: Lab, standin: Standin, follow: Follow, clock: Clock, schedule: Schedule
) -> None:
    standin.behaviour.looks_until_processed = 1_000_000
    plan(lab)
    remote = standin.live_job("running").id
    job = follow(remote)
    poller = Poller(lab)
    poller._schedules["openai"] = schedule
    looking = threading.Thread(target=poller.look_at_due, args=("openai",))
    looking.start()
    try:
        for steps in (3, 6):
            standin.advance(remote, steps=3)
            clock.now += 11
            wait_for(partial(_has_made, lab, job, steps))
        assert looking.is_alive()
    finally:
        poller.stop()
        looking.join()


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_who_stops_does_not_wait_for_a_look_that_begins_just_then(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    follow(standin.live_job("running").id)
    poller = Poller(lab)
    poller.stop()
    assert poller.look_at_due("openai") == 0
    assert standin.requests == []


def test_a_silent_service_keeps_no_other_waiting(
    lab: Lab, standin: Standin, follow: Follow
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        lab.places.config.write_text(f'[profiles.slow]\nkind = "compatible"\nbase_url = "{url}"\n')
        plan(lab, provider="slow")
        job = follow(standin.live_job("running").id)
        poller = Poller(lab)
        looking = threading.Thread(target=suppressed, args=(poller.look,))
        looking.start()
        try:
            wait_for(lambda: job_detail(lab.database.reader, job).status == "running")
            assert looking.is_alive()
        finally:
            poller.stop()
            looking.join()


def suppressed(look: Callable[[], int]) -> None:
    with suppress(ProviderError):
        look()


def test_times_are_spread(clock: Clock) -> None:
    draws = iter([0.0, 1.0])
    schedule = Schedule(clock, lambda: next(draws))
    schedule.looked("early", "running")
    schedule.looked("late", "running")
    clock.now = 8
    assert (schedule.is_due("early"), schedule.is_due("late")) == (True, False)
    clock.now = 12.5
    assert schedule.is_due("late")


def _has_made(lab: Lab, job: str, steps: int) -> bool:
    return job_detail(lab.database.reader, job).step >= steps
