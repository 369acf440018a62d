"""Which interrupted jobs go on by themselves; the processes are real where one has to die."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from engine import recovery
from engine.data.versions.importing import Source
from engine.errors import LabError
from engine.lab import Lab
from engine.planning import TrainingRequest
from engine.poller import Poller
from engine.recovery import enqueue_interrupted
from engine.training.process import read_identity, write_identity
from store import times
from store.events import (
    EventsImported,
    Fact,
    JobCancelled,
    JobFailed,
    JobInterrupted,
    JobMessageReceived,
    JobPlanned,
    JobQueued,
    JobResumed,
    JobSubmitted,
    JobTakenFromQueue,
)
from store.ids import new_id
from store.log import Entry
from store.queries import jobs, queue

_SECONDS = 120
Told = TypeVar("Told", bound=Fact)
_KILLED = JobInterrupted(reason="process 4711 is gone; the last line of its log: step 3")


def job_that(lab: Lab, *facts: Fact | Entry, **process: object) -> str:
    """Record a job whose process was of this machine and is gone, and what became of it."""
    job = new_id("job")
    planned = JobPlanned(
        name=f"job-{job[-5:]}",
        provider="local",
        base_model="base",
        method="lora",
        hyperparameters={},
        dataset="ds_0000000001",
    )
    lab.log.append(f"job/{job}", planned, JobSubmitted(remote_id="4711"), *facts)
    run = lab.places.run(job)
    run.mkdir(parents=True)
    identity = asdict(write_identity(run))
    gone = {"since_boot": identity["since_boot"] - 60}
    (run / "process.json").write_text(json.dumps(identity | gone | process))
    return job


def status(lab: Lab, job: str) -> str:
    return jobs.job_detail(lab.database.reader, job).status


def facts(lab: Lab, job: str, kind: type[Told]) -> list[Told]:
    return [fact for fact in lab.log.facts(f"job/{job}") if isinstance(fact, kind)]


def waiting(lab: Lab) -> list[str]:
    return [row.job for row in queue.waiting(lab.database.reader)]


def resumed(number: int) -> list[Fact]:
    """What is recorded of a job that goes on by itself, and is killed again."""
    why = {"reason": "killed", "automatic": number, "at_most": 3}
    return [
        JobQueued.model_validate(why),
        JobTakenFromQueue(),
        JobResumed.model_validate(why | {"attempt": number + 1, "from_step": 0}),
        JobSubmitted(remote_id="4712"),
    ]


def ago(fact: Fact, **span: float) -> Entry:
    return Entry(fact, occurred=times.now() - timedelta(**span))


def test_all_that_a_restart_interrupted_waits_for_its_turn_before_what_waited_already(
    lab: Lab,
) -> None:
    patient = job_that(lab)
    lab.log.append(f"job/{patient}", JobCancelled(), JobQueued())
    cut_off = [job_that(lab, _KILLED) for _ in range(3)]
    assert enqueue_interrupted(lab, at_most=2) == 6
    assert waiting(lab) == [*cut_off, patient]
    (queued,) = facts(lab, cut_off[0], JobQueued)
    assert queued == JobQueued(reason="process 4711 is gone", automatic=1, at_most=2)
    assert enqueue_interrupted(lab, at_most=2) == 0


def test_only_what_was_interrupted_here_goes_on(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    job_that(lab, JobCancelled())
    job_that(lab, JobFailed(error="out of memory"))
    job_that(lab)
    job_that(lab, _KILLED, host="far-away")
    nowhere = job_that(lab, _KILLED)
    (lab.places.run(nowhere) / "process.json").unlink()
    archived = lab.log.append("archive/a", EventsImported(archive="a", origins=()))
    of_others = job_that(lab, Entry(JobResumed(attempt=2, from_step=0), cause=archived[0].seq))
    lab.log.append(f"job/{of_others}", _KILLED)
    assert enqueue_interrupted(lab, at_most=3) == 0
    job = job_that(lab, _KILLED)
    with monkeypatch.context() as clock:
        later = times.now() + timedelta(days=8)
        clock.setattr(times, "now", lambda: later)
        assert enqueue_interrupted(lab, at_most=3) == 0
    assert enqueue_interrupted(lab, at_most=3) == 1
    assert waiting(lab) == [job]


@pytest.mark.parametrize(("so_far", "seconds"), [(1, 30), (2, 60)])
def test_the_pauses_between_resumptions_grow(lab: Lab, so_far: int, seconds: int) -> None:
    before = [fact for number in range(1, so_far + 1) for fact in [_KILLED, *resumed(number)]]
    early = job_that(lab, *before, ago(_KILLED, seconds=seconds - 5))
    due = job_that(lab, *before, ago(_KILLED, seconds=seconds + 5))
    enqueue_interrupted(lab, at_most=3)
    assert waiting(lab) == [due]
    assert status(lab, early) == "interrupted"


def test_what_went_on_as_often_as_it_may_is_left_and_says_so_once(lab: Lab) -> None:
    job = job_that(lab, _KILLED, *resumed(1), ago(_KILLED, hours=1))
    assert [enqueue_interrupted(lab, at_most=1) for _ in range(2)] == [1, 0]
    assert status(lab, job) == "interrupted"
    name = jobs.job_detail(lab.database.reader, job).name
    (message,) = facts(lab, job, JobMessageReceived)
    assert message.text == (
        "it is left as it is: it went on by itself once, which is the most. "
        f"`ftlab jobs resume {name}` goes on with it"
    )
    # Somebody resumed it: the count begins anew.
    lab.log.append(f"job/{job}", JobResumed(attempt=3, from_step=0), _KILLED)
    enqueue_interrupted(lab, at_most=1)
    assert waiting(lab) == [job]


def test_a_resumption_that_cannot_be_is_counted_and_tried_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_PAUSE", timedelta())
    job = job_that(lab, _KILLED)  # Its dataset is not here.
    for _ in range(2):
        with pytest.raises(LabError, match="could not be started"):
            Poller(lab, resumptions=2).look_here()
    assert [Poller(lab, resumptions=2).look_here() for _ in range(2)] == [1, 0]
    assert [fact.automatic for fact in facts(lab, job, JobQueued)] == [1, 2]
    assert len(facts(lab, job, JobFailed)) == 2
    assert len(facts(lab, job, JobMessageReceived)) == 1


def test_a_job_that_another_machine_took_for_dead_is_running_again(lab: Lab) -> None:
    job = job_that(lab)
    write_identity(lab.places.run(job), attempt=1)  # The process of this test, which lives.
    lab.log.append(f"job/{job}", ago(JobInterrupted(reason="no heartbeat"), seconds=5))
    assert Poller(lab, resumptions=3).look_here() == 0
    assert status(lab, job) == "interrupted"
    other = job_that(lab, ago(JobInterrupted(reason="no heartbeat"), seconds=60))
    write_identity(lab.places.run(other), attempt=1)
    assert Poller(lab, resumptions=3).look_here() == 1
    assert (status(lab, job), status(lab, other)) == ("interrupted", "running")


@pytest.fixture
def trained(lab: Lab, sums_file: Path, tiny_base: Path) -> str:
    """A job whose real process has just said who it is."""
    lab.datasets.add(Source(sums_file), "sums")
    request = TrainingRequest(
        dataset="sums", base_model=str(tiny_base), hyperparameters={"max_steps": 10_000}
    )
    return lab.train(lab.plan(request))


def test_a_job_that_dies_again_and_again_goes_on_so_often_and_no_more(
    lab: Lab, trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_PAUSE", timedelta())
    poller = Poller(lab, resumptions=2)
    for attempt in (1, 2, 3):
        kill_when_it_is_up(lab, trained, attempt, poller)
        poll_until(poller, partial(was_interrupted, lab, trained, attempt))
    poll_until(poller, lambda: bool(facts(lab, trained, JobMessageReceived)))
    for _ in range(3):
        poller.look_here()
    found = jobs.job_detail(lab.database.reader, trained)
    assert (found.status, found.attempt) == ("interrupted", 3)
    went_on = facts(lab, trained, JobResumed)
    assert [(fact.attempt, fact.automatic, fact.at_most) for fact in went_on] == [
        (2, 1, 2),
        (3, 2, 2),
    ]
    assert all("it left no last word" in str(fact.reason) for fact in went_on)
    assert len(facts(lab, trained, JobMessageReceived)) == 1


def was_interrupted(lab: Lab, job: str, count: int) -> bool:
    return len(facts(lab, job, JobInterrupted)) == count


def kill_when_it_is_up(lab: Lab, job: str, attempt: int, poller: Poller) -> None:
    """Kill the process of an attempt as soon as it has said who it is."""

    def is_up() -> bool:
        identity = read_identity(lab.places.run(job))
        return identity is not None and identity.attempt == attempt

    poll_until(poller, is_up)
    identity = read_identity(lab.places.run(job))
    assert identity is not None
    os.kill(identity.pid, signal.SIGKILL)


def poll_until(poller: Poller, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        poller.look_here()
        time.sleep(0.01)
