"""`ftlab daemon --resume-interrupted`: after a restart training goes on by itself."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.places import Places
from engine.planning import TrainingRequest
from engine.training.checkpoints import latest_complete
from store.events import JobResumed
from store.queries import jobs, metrics

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Ftlab

pytestmark = pytest.mark.slow

_SECONDS = 120


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def train(lab: Lab, base: Path, suffix: str) -> str:
    settings = {"max_steps": 60, "save_every": 10, "batch_size": 2}
    request = TrainingRequest(
        dataset="sums", base_model=str(base), hyperparameters=settings, seed=3, suffix=suffix
    )
    return lab.train(lab.plan(request))


def restart_the_machine(run: Path) -> None:
    """Leave what a training process leaves when its machine goes down and comes up again."""
    identity = json.loads((run / "process.json").read_text())
    os.kill(identity["pid"], signal.SIGKILL)
    (run / "process.json").write_text(json.dumps(identity | {"boot_id": "the-boot-before"}))
    before = time.time() - 30
    os.utime(run / "heartbeat", (before, before))


def examples(folder: Path) -> Path:
    file = folder / "sums.jsonl"
    chats = [(f"What is {n} + {n}?", f"It is {2 * n}.") for n in range(40)]
    rows = [{"prompt": asked, "completion": told} for asked, told in chats]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_a_job_whose_machine_restarted_comes_to_the_same_end_by_itself(
    ftlab: Ftlab, tiny_base: Path
) -> None:
    with Lab(Places(ftlab.home, ftlab.database)) as lab:
        lab.datasets.add(Source(examples(ftlab.home.parent)), "sums")
        whole, broken = (train(lab, tiny_base, name) for name in ("whole", "broken"))
        run = lab.places.run(broken)
        wait_until(lambda: latest_complete(run))
        restart_the_machine(run)
        saved = latest_complete(run)
        reader = lab.database.reader
        with ftlab.running("daemon", "--slots", "2", "--resume-interrupted") as process:
            wait_until(
                lambda: (
                    {jobs.job_detail(reader, job).status for job in (whole, broken)}
                    == {"succeeded"}
                )
            )
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=30)[1]
        assert "interrupted jobs of this machine go on by themselves, at most 3 times each" in said
        (resumed,) = (
            fact for fact in lab.log.facts(f"job/{broken}") if isinstance(fact, JobResumed)
        )
        assert (resumed.from_step, resumed.automatic, resumed.at_most) == (saved, 1, 3)
        assert str(resumed.reason).startswith("the machine restarted since")
        whole_losses, losses = (metrics.series(reader, job, "loss") for job in (whole, broken))
        assert (losses.steps, losses.values) == (whole_losses.steps, whole_losses.values)
        name = jobs.job_detail(reader, broken).name
    shown = ftlab("jobs", "show", name).out
    assert "1 of at most 3 times, after: the machine restarted since" in shown
    assert ftlab.document("jobs", "show", name)["resumed_by_itself"]["automatic"] == 1


def test_how_often_is_a_setting(ftlab: Ftlab) -> None:
    assert ftlab("config", "set", "resume-interrupted", "5").out == (
        "resume-interrupted: at most 5 times a job\n"
    )
    settings = {row["name"]: row["value"] for row in ftlab.document("config")["settings"]}
    assert settings["resume-interrupted"] == 5
    assert "no number of times" in ftlab("config", "set", "resume-interrupted", "often").err
    with ftlab.running("daemon") as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("polling ")
        assert "at most 5 times each" in process.stderr.readline()
    assert ftlab("config", "unset", "resume-interrupted").out == "resume-interrupted: none\n"
