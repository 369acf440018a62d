from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import engine
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller, Polling
from engine.training.process import write_identity
from engine.training.progress import ProgressWriter
from store.errors import StoreError
from store.events import JobPlanned, JobSubmitted
from store.ids import new_id
from store.leases import POLLER, Lease
from store.queries import jobs, metrics
from store.verify import verify

_CHILD = Path(__file__).parent / "children" / "poll_on.py"
_SOURCES = Path(engine.__file__).parents[1]
_POINTS = 40_000
_SECONDS = 60


@pytest.fixture
def job(lab: Lab) -> str:
    """A job that this very process trains, as far as anybody can tell."""
    job = new_id("job")
    plan = JobPlanned(
        name="long",
        provider="local",
        base_model="base",
        method="lora",
        hyperparameters={},
        dataset="ds_0000000001",
        total_steps=_POINTS,
    )
    lab.log.append(f"job/{job}", plan, JobSubmitted(remote_id=str(os.getpid())))
    lab.places.run(job).mkdir(parents=True)
    write_identity(lab.places.run(job))
    return job


def write_points(lab: Lab, job: str, first: int, last: int) -> None:
    writer = ProgressWriter(lab.places.run(job) / "progress.jsonl")
    for step in range(first, last + 1):
        writer.metrics(step, {"loss": 1 / step, "grad_norm": step / 2})
    writer.close()


@contextmanager
def growing(lab: Lab, job: str) -> Iterator[threading.Thread]:
    """Write points, in the pace of the disk, while the block runs, and to the end after it."""
    thread = threading.Thread(target=write_points, args=(lab, job, 1, _POINTS))
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


def offset(lab: Lab, job: str) -> int:
    return jobs.job_detail(lab.database.reader, job).progress_offset


def wait_until_past(lab: Lab, job: str, position: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _SECONDS
    while offset(lab, job) <= position:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.002)


def start_child(lab: Lab) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(_CHILD), str(lab.places.home)],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
    )


def assert_each_step_is_there_once(lab: Lab, job: str, last: int) -> None:
    for name, value in (("loss", 1 / last), ("grad_norm", last / 2)):
        series = metrics.series(lab.database.reader, job, name)
        assert list(series.steps) == list(range(1, last + 1))
        assert series.values[-1] == value
    assert verify(lab.database).findings == []


def test_every_step_is_taken_once_by_pollers_that_are_killed(lab: Lab, job: str) -> None:
    moments = random.Random(5)  # noqa: S311 - moments, not secrets
    with growing(lab, job):
        for _ in range(4):
            before = offset(lab, job)
            with start_child(lab) as child:
                wait_until_past(lab, job, before, child)
                time.sleep(moments.uniform(0, 0.05))
                child.kill()
    assert 0 < offset(lab, job) < (lab.places.run(job) / "progress.jsonl").stat().st_size
    Poller(lab).look()
    assert_each_step_is_there_once(lab, job, _POINTS)


def test_every_step_is_taken_once_by_two_pollers_at_once(lab: Lab, job: str) -> None:
    write_points(lab, job, 1, 10_000)
    size = (lab.places.run(job) / "progress.jsonl").stat().st_size
    with start_child(lab) as one, start_child(lab) as other:
        wait_until_past(lab, job, size - 1, one)
        both_ran = (one.poll(), other.poll())
        one.kill()
        other.kill()
        said = [child.communicate()[1] for child in (one, other)]
    assert both_ran == (None, None), said
    assert_each_step_is_there_once(lab, job, 10_000)


def test_looking_again_takes_nothing(lab: Lab, job: str) -> None:
    write_points(lab, job, 1, 10)
    assert [Poller(lab).look() for _ in range(2)] == [1, 0]
    write_points(lab, job, 11, 12)
    assert Poller(lab).look_at(job) == 1
    assert_each_step_is_there_once(lab, job, 12)


def test_a_job_that_ended_is_left_alone(lab: Lab, job: str) -> None:
    writer = ProgressWriter(lab.places.run(job) / "progress.jsonl")
    writer.failed("it broke", "Traceback")
    writer.close()
    assert Poller(lab).active_jobs() == [job]
    Poller(lab).look()
    assert Poller(lab).active_jobs() == []
    assert jobs.job_detail(lab.database.reader, job).status == "failed"


def test_one_jobs_trouble_does_not_keep_the_others_waiting(lab: Lab, job: str) -> None:
    write_points(lab, job, 1, 3)
    for stream in ("job/job_0000000001", "job/job_zzzzzzzzzz"):
        plan = JobPlanned(
            name=stream,
            provider="elsewhere",
            base_model="base",
            method="lora",
            hyperparameters={},
            dataset="ds_0000000001",
        )
        lab.log.append(stream, plan)
    with pytest.raises(StoreError, match="there is no profile 'elsewhere'"):
        Poller(lab).look()
    assert_each_step_is_there_once(lab, job, 3)


@pytest.fixture
def other_lab(lab: Lab) -> Iterator[Lab]:
    """The same store, opened by somebody else."""
    with Lab(Places(lab.places.home, lab.places.database), role="daemon") as opened:
        yield opened


def test_only_one_polls_until_it_lets_go(lab: Lab, other_lab: Lab, job: str) -> None:
    first, second = Polling(lab, "the first"), Polling(other_lab, "the second")
    write_points(lab, job, 1, 5)
    assert first.look() == 1
    assert second.look() is None
    assert second.holder() == "the first"
    first.stop()
    write_points(lab, job, 6, 9)
    assert second.look() == 1
    assert second.holder() == "the second"


def test_a_dead_pollers_lease_lapses(lab: Lab, other_lab: Lab, job: str) -> None:
    now = [time.time()]
    dead, living = Polling(lab, "the dead"), Polling(other_lab, "the living")
    living._lease = Lease(other_lab.database, POLLER, "the living", clock=lambda: now[0])
    assert dead.look() == 0
    assert living.look() is None
    now[0] += 60
    write_points(lab, job, 1, 5)
    assert living.look() == 1


def test_without_an_active_job_only_a_daemon_claims_the_lease(lab: Lab, other_lab: Lab) -> None:
    idle = Polling(lab, "the UI")
    assert idle.look() == 0
    assert idle.holder() is None
    daemon = Polling(other_lab, "the daemon", always=True)
    assert daemon.look() == 0
    assert idle.holder() == "the daemon"


def test_a_daemon_takes_over_from_a_dashboard_and_gives_back(
    lab: Lab, other_lab: Lab, job: str
) -> None:
    dashboard, daemon = Polling(lab, "the UI"), Polling(other_lab, "the daemon", always=True)
    assert dashboard.look() == 0
    assert daemon.look() is None
    assert dashboard.look() is None
    write_points(lab, job, 1, 5)
    assert daemon.look() == 1
    assert dashboard.holder() == "the daemon"
    daemon.stop()
    write_points(lab, job, 6, 9)
    assert dashboard.look() == 1


def test_it_polls_from_a_thread_until_it_is_stopped(lab: Lab, job: str) -> None:
    taken = threading.Event()
    polling = Polling(lab, "a thread", seconds=0.05)
    polling.start()
    write_points(lab, job, 1, 5)
    for _ in range(200):
        if offset(lab, job):
            break
        taken.wait(0.05)
    polling.stop()
    assert_each_step_is_there_once(lab, job, 5)
    assert polling.holder() is None


def test_trouble_is_told_and_so_is_its_end(
    lab: Lab, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []
    polling = Polling(lab, "a thread", on_trouble=told.append)
    write_points(lab, job, 1, 5)
    with monkeypatch.context() as fault:
        fault.setattr(Poller, "look_here", _fail)
        polling._tick("local")
        polling._tick("local")
    polling._tick("local")
    polling._tick("local")
    assert told == ["the disk is full", None]


def _fail(_poller: Poller) -> int:
    raise OSError("the disk is full")
