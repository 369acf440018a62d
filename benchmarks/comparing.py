"""How long it takes to compare two jobs of a million steps each, and to write the report of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.ingest import made_steps
from benchmarks.table import Result, Row, seconds
from engine.lab import Lab
from engine.places import Places
from store.events import JobPlanned, JobSubmitted, JobSucceeded, MetricGroup, MetricsRecorded

STEPS = 1_000_000
_PART = 1000
_JOBS = ("one", "two")
_FTLAB = str(Path(sys.executable).with_name("ftlab"))


def measure(folder: Path) -> list[Result]:
    steps = made_steps(STEPS)
    with Lab(Places.find(home=folder), role="bench") as lab:
        for job in _JOBS:
            _tell(lab, job, steps)
    environment = os.environ | {"FTLAB_HOME": str(folder)}
    environment.pop("FTLAB_DB", None)

    def run(*arguments: str) -> float:
        command = [_FTLAB, "compare", *_JOBS, *arguments]
        return seconds(
            lambda: subprocess.run(command, env=environment, check=True, capture_output=True),
            runs=7,
        )

    report = str(folder / "report")
    rows = [
        Row("ftlab compare", run(), ours=True),
        Row("ftlab compare --report OUT.md", run("--report", f"{report}.md", "--replace")),
        Row("ftlab compare --report OUT.html", run("--report", f"{report}.html", "--replace")),
    ]
    return [Result("Two jobs of a million steps each compared", "s", rows)]


def _tell(lab: Lab, job: str, steps: list[dict[str, float]]) -> None:
    stream = f"job/job_{job}"
    planned = JobPlanned(
        name=job,
        provider="local",
        base_model="none",
        method="lora",
        hyperparameters={},
        dataset="ds_bench",
    )
    lab.log.append(stream, planned, JobSubmitted(remote_id="1"))
    for first in range(0, len(steps), _PART):
        part = steps[first : first + _PART]
        values = {name: [step[name] for step in part] for name in part[0]}
        numbers = list(range(first + 1, first + len(part) + 1))
        group = MetricGroup(steps=numbers, values=values)
        lab.log.append(stream, MetricsRecorded(groups=[group]))
    lab.log.append(stream, JobSucceeded(step=len(steps)))
