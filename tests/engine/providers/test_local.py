"""The files through which a local job is known, where no process needs to run."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from engine.child import python_module
from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.poller import Poller
from engine.training import memory
from store.events import JobInterrupted, JobPlanned, JobResumed, JobSubmitted
from store.queries import jobs
from store.queries.jobs import JobDetail

_JOB = "job_0000000001"


@pytest.fixture
def resumed(lab: Lab, sums_file: Path) -> Lab:
    """A lab with a job that was cut off and resumed, whose new process has not come up yet."""
    dataset = lab.datasets.add(Source(sums_file), "sums").version
    planned = JobPlanned(
        name="sums",
        provider="local",
        base_model="base",
        method="lora",
        hyperparameters={},
        dataset=dataset.id,
        model="mdl_0000000001",
    )
    lab.log.append(
        f"job/{_JOB}",
        planned,
        JobSubmitted(remote_id="4711"),
        JobInterrupted(reason="killed", checkpoint=None),
        JobResumed(attempt=2, from_step=0),
    )
    return lab


def _job(lab: Lab) -> JobDetail:
    return jobs.job_detail(lab.database.reader, _JOB)


def test_a_cancel_while_an_attempt_begins_is_meant_for_that_attempt(resumed: Lab) -> None:
    run = resumed.places.run(_JOB)
    run.mkdir(parents=True)
    (run / "cancel-1").touch()
    resumed.local.cancel(_job(resumed))
    assert {path.name for path in run.iterdir()} == {"cancel-1", "cancel-2"}


def test_an_earlier_attempts_cancel_says_nothing_of_a_later_one(
    resumed: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = resumed.places.run(_JOB)
    run.mkdir(parents=True)
    (run / "cancel-1").touch()
    monkeypatch.setattr("engine.providers.local._START_LIMIT", timedelta())
    Poller(resumed).look_at(_JOB)
    assert _job(resumed).status == "interrupted"


def _until_named(process: int, word: str) -> None:
    """Wait until the system tells with which words a process was started."""
    deadline = time.monotonic() + 30
    while word not in psutil.Process(process).cmdline():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_process_that_is_slow_to_come_up_is_not_called_dead(
    resumed: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = resumed.places.run(_JOB)
    run.mkdir(parents=True)
    monkeypatch.setattr("engine.providers.local._START_LIMIT", timedelta())
    command, environment = python_module("unused")
    slow = [command[0], "-c", "import sys; sys.stdin.read()", str(run)]
    with subprocess.Popen(slow, stdin=subprocess.PIPE, env=environment) as process:
        _until_named(process.pid, str(run))
        resumed.log.append(f"job/{_JOB}", JobSubmitted(remote_id=str(process.pid)))
        Poller(resumed).look_at(_JOB)
        assert _job(resumed).status == "queued"
        process.kill()
    Poller(resumed).look_at(_JOB)
    assert _job(resumed).reason == "its process never came up"


_KILLED = """
import os, signal, sys
from pathlib import Path
from engine.training.process import write_identity
write_identity(Path(sys.argv[1]), 2)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_the_kernel_ended_for_want_of_memory_is_told_with_what_to_change(
    resumed: Lab, tmp_path: Path
) -> None:
    run = resumed.places.run(_JOB)
    run.mkdir(parents=True)
    command, environment = python_module("unused")
    done = subprocess.run(
        [command[0], "-c", _KILLED, str(run)], env=environment, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    counts = tmp_path / "memory.events"
    counts.write_text("oom 1\noom_kill 1\n")
    (run / memory.FILE).write_text(json.dumps({str(counts): 0}))
    Poller(resumed).look_at(_JOB)
    assert _job(resumed).status == "interrupted"
    [*_, fact] = resumed.log.facts(f"job/{_JOB}")
    assert isinstance(fact, JobInterrupted)
    assert fact.reason.endswith(
        "and it left no last word (probably ended by the kernel, which ran out of memory: a "
        "smaller batch_size (with gradient_accumulation) or max_length needs less; so do "
        "gradient_checkpointing and the method lora)"
    )
