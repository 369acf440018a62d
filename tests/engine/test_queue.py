"""Jobs that wait for this machine: their order, who starts them, and that each starts once."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

import engine
from engine import queue
from engine.config.edits import set_number
from engine.data.versions.importing import Source
from engine.errors import JobStateError, LabError, RequestError
from engine.gpus import VISIBLE, freest, gpus
from engine.lab import Lab
from engine.planning import TrainingRequest
from engine.poller import Poller
from engine.training import durable, layout
from engine.training.process import hold_lock, read_identity, write_identity
from store import times
from store.events import (
    Fact,
    JobFailed,
    JobPlanned,
    JobQueued,
    JobSubmitted,
    JobTakenFromQueue,
)
from store.ids import new_id
from store.queries import jobs
from store.queries import queue as queries
from store.queries.jobs import JobDetail

_CHILD = Path(__file__).parent / "children" / "start_and_die.py"
_SOURCES = Path(engine.__file__).parents[1]
_SECONDS = 120
_SIGN = """
import sys
from pathlib import Path
from engine.training.process import write_identity

Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
write_identity(Path(sys.argv[1]), 1)
"""
_GPUS = """#!/bin/sh
echo 'GPU 0: NVIDIA Thing (UUID: GPU-aaaa0000-1111)'
echo 'GPU 1: NVIDIA Thing (UUID: GPU-bbbb0000-2222)'
"""


Driver = Callable[[str], None]


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """Put the program of a GPU's driver, a shell script, onto the path."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.delenv(VISIBLE, raising=False)

    def install(script: str) -> None:
        program = tmp_path / "bin" / "nvidia-smi"
        program.parent.mkdir()
        program.write_text(script)
        program.chmod(0o755)

    return install


def enqueue(lab: Lab, base: Path, name: str, priority: int = 0) -> str:
    request = TrainingRequest(
        dataset="sums",
        base_model=str(base),
        hyperparameters={"batch_size": 2, "max_steps": 3, "save_every": 2},
        suffix=name,
    )
    return lab.train(lab.plan(request), priority=priority)


def planned(name: str, **fields: object) -> JobPlanned:
    given: dict[str, object] = {
        "name": name,
        "provider": "local",
        "base_model": "base",
        "method": "lora",
        "hyperparameters": {},
        "dataset": "ds_0000000001",
    }
    return JobPlanned.model_validate(given | fields)


def by_hand(lab: Lab) -> str:
    """Record a job that this very process trains, as far as anybody can tell."""
    job = new_id("job")
    lab.log.append(f"job/{job}", planned("by-hand"), JobSubmitted(remote_id=str(os.getpid())))
    lab.places.run(job).mkdir(parents=True)
    write_identity(lab.places.run(job))
    return job


def waits(lab: Lab, name: str, **fields: object) -> str:
    """Record a job that waits, and whose data and base model are not there."""
    job = new_id("job")
    lab.log.append(f"job/{job}", planned(name, **fields), JobQueued())
    return job


def detail(lab: Lab, job: str) -> JobDetail:
    return jobs.job_detail(lab.database.reader, job)


def order(lab: Lab) -> list[str]:
    return [row.name for row in queries.waiting(lab.database.reader)]


def facts(lab: Lab, job: str, kind: type[Fact]) -> list[Fact]:
    return [fact for fact in lab.log.facts(f"job/{job}") if isinstance(fact, kind)]


def look_until(poller: Poller, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        poller.look()
        time.sleep(0.02)


def die_while_starting(lab: Lab, when: str) -> None:
    done = subprocess.run(
        [sys.executable, str(_CHILD), str(lab.places.home), when],
        env=os.environ | {"PYTHONPATH": str(_SOURCES)},
        check=False,
    )
    assert done.returncode == -9


def test_jobs_start_once_on_a_gpu_each_wherever_a_daemon_is_killed(
    lab: Lab, driver: Driver, sums_file: Path, tiny_base: Path
) -> None:
    driver(_GPUS)
    lab.datasets.add(Source(sums_file), "sums")
    early, late = (enqueue(lab, tiny_base, name) for name in ("early", "late"))
    die_while_starting(lab, "before")
    assert [row.job for row in queries.starting(lab.database.reader)] == [early]
    assert read_identity(lab.places.run(early)) is None

    die_while_starting(lab, "after")
    assert facts(lab, early, JobSubmitted) == []
    last = enqueue(lab, tiny_base, "last")
    poller = Poller(lab, slots=2)
    poller.look()
    seen = psutil.Process(int(detail(lab, late).remote_id or 0)).environ()[VISIBLE]
    look_until(poller, lambda: detail(lab, early).remote_id is not None)
    assert order(lab) == ["last"]
    assert queue.free_slots(lab, 2) == 0
    lab.cancel_job(last)
    look_until(poller, lambda: all(detail(lab, job).ended_at for job in (early, late)))

    gpus = {early: "GPU-aaaa0000-1111", late: "GPU-bbbb0000-2222"}
    assert seen == gpus[late]
    for job, gpu in gpus.items():
        assert detail(lab, job).status == "succeeded", lab.log_tail(job)
        assert facts(lab, job, JobTakenFromQueue) == [JobTakenFromQueue(devices=(gpu,))]
        identity = read_identity(lab.places.run(job))
        assert identity is not None
        assert facts(lab, job, JobSubmitted) == [JobSubmitted(remote_id=str(identity.pid))]
        assert not any("another process" in line for line in lab.log_tail(job))
    assert detail(lab, last).status == "cancelled"
    assert not (lab.places.run(last) / layout.PLAN).exists()


def test_nobody_takes_a_waiting_job_for_lost(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand(lab)
    job = waits(lab, "patient")
    monkeypatch.setattr(times, "now", lambda: datetime.now(UTC) + timedelta(days=3))
    assert Poller(lab).is_needed()
    Poller(lab).look()
    assert (detail(lab, job).status, order(lab)) == ("queued", ["patient"])
    assert queue.free_slots(lab) == 0
    set_number(lab.places.config, "slots", 3)
    assert queue.free_slots(lab) == 2


def test_nobody_starts_a_job_whose_folder_is_held_or_takes_it_for_lost(lab: Lab) -> None:
    job = waits(lab, "ending")
    lab.places.run(job).mkdir(parents=True)
    lock = hold_lock(lab.places.run(job))
    assert Poller(lab).look() == 0
    lab.log.append(f"job/{job}", JobTakenFromQueue())
    assert Poller(lab).look() == 0
    os.close(lock)
    assert detail(lab, job).status == "queued"


def test_a_job_that_cannot_be_started_fails_with_the_reason_and_the_next_goes_on(lab: Lab) -> None:
    gone, next_one = waits(lab, "gone"), waits(lab, "next")
    with pytest.raises(LabError, match="gone could not be started"):
        Poller(lab).look()
    for job in (gone, next_one):
        found = detail(lab, job)
        assert found.status == "failed"
        assert "it could not be started: " in str(found.reason)
    assert order(lab) == []
    Poller(lab).look()


def test_a_full_disk_fails_no_waiting_job(
    lab: Lab, sums_file: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.datasets.add(Source(sums_file), "sums")
    first, second = (enqueue(lab, tiny_base, name) for name in ("first", "second"))
    with monkeypatch.context() as fault:
        fault.setattr(durable, "write_whole", _full)
        for _ in range(2):
            with pytest.raises(LabError, match=r"first could not be started yet: .*No space left"):
                Poller(lab).look()
    assert (detail(lab, first).status, order(lab)) == ("queued", ["second"])
    Poller(lab).look()
    assert detail(lab, first).remote_id is not None
    assert facts(lab, first, JobFailed) == []
    lab.cancel_job(second)
    lab.cancel_job(first)
    look_until(Poller(lab), lambda: detail(lab, first).ended_at is not None)


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_waiting_job_is_cancelled_without_a_start(lab: Lab) -> None:
    job = waits(lab, "unwanted")
    lab.cancel_job(job)
    assert detail(lab, job).status == "cancelled"
    assert not lab.places.run(job).exists()
    with pytest.raises(JobStateError, match="does not wait"):
        queue.move(lab, job, "first")


def test_a_job_that_is_cancelled_between_its_turn_and_its_process_never_starts(lab: Lab) -> None:
    job = waits(lab, "late")
    lab.log.append(f"job/{job}", JobTakenFromQueue())
    lab.cancel_job(job)
    Poller(lab).look()
    assert detail(lab, job).status == "cancelled"
    assert facts(lab, job, JobSubmitted) == []


@pytest.mark.parametrize("turn", [[JobTakenFromQueue()], []], ids=["its turn", "waiting"])
def test_a_process_that_came_and_went_unrecorded_is_recorded_and_then_missed(
    lab: Lab, turn: list[Fact]
) -> None:
    job = waits(lab, "short-lived")
    lab.log.append(f"job/{job}", *turn)
    child = [sys.executable, "-c", _SIGN, str(lab.places.run(job))]
    subprocess.run(child, env=os.environ | {"PYTHONPATH": str(_SOURCES)}, check=True)
    Poller(lab).look()
    Poller(lab).look()
    assert len(facts(lab, job, JobSubmitted)) == 1
    assert detail(lab, job).status == "interrupted"


def test_a_job_waits_to_go_on_and_says_so_when_it_is_resumed_again(
    lab: Lab, sums_file: Path, tiny_base: Path
) -> None:
    lab.datasets.add(Source(sums_file), "sums")
    job = enqueue(lab, tiny_base, "often")
    lab.cancel_job(job)
    queue.enqueue(lab, job, 3)
    [row] = queries.waiting(lab.database.reader)
    assert (row.job, row.priority, row.attempt) == (job, 3, 2)
    with pytest.raises(JobStateError, match="ftlab queue move often --first"):
        lab.resume_job(job)


def test_only_jobs_of_this_machine_wait_here(lab: Lab) -> None:
    job = waits(lab, "hosted", provider="openai")
    lab.log.append(f"job/{job}", JobFailed(error="no"))
    with pytest.raises(RequestError, match="leave --queue out"):
        lab.resume_job(job, priority=0)


def test_a_job_that_is_wider_than_the_slots_runs_alone(lab: Lab) -> None:
    held = by_hand(lab)
    wide = waits(lab, "wide", hyperparameters={"devices": 4})
    waits(lab, "narrow")
    Poller(lab, slots=2).look()
    assert order(lab) == ["wide", "narrow"]
    lab.log.append(f"job/{held}", JobFailed(error="no"))
    with pytest.raises(LabError, match="wide could not be started"):
        Poller(lab, slots=2).look()
    assert detail(lab, wide).status == "failed"


@pytest.mark.parametrize(
    ("visible", "listed", "there"),
    [
        (None, _GPUS, ("GPU-aaaa0000-1111", "GPU-bbbb0000-2222")),
        ("1,0", _GPUS, ("1", "0")),
        ("", _GPUS, ()),
        (None, "#!/bin/sh\nexit 9\n", ()),
        (None, _GPUS + "echo '  MIG 1g.5gb Device 0: (UUID: MIG-cccc)'\n", ()),
    ],
)
def test_gpus_are_known_without_torch(
    driver: Driver,
    monkeypatch: pytest.MonkeyPatch,
    visible: str | None,
    listed: str,
    there: tuple[str, ...],
) -> None:
    driver(listed)
    if visible is not None:
        monkeypatch.setenv(VISIBLE, visible)
    assert gpus() == there


def test_the_gpus_that_the_fewest_jobs_hold_are_given_out() -> None:
    assert freest(("a", "b", "c"), Counter("aab"), 1) == ("c",)
    assert freest(("a", "b", "c"), Counter("aab"), 2) == ("b", "c")
    assert freest(("a", "b"), Counter(), 5) == ("a", "b")
