"""How long it takes until something is there: help, the job list as JSON, the first frame."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from benchmarks.table import Result, Row, seconds
from engine.lab import Lab
from engine.places import Places
from store.events import JobPlanned, JobSubmitted, JobSucceeded
from store.log import Write

JOBS = 10_000
_NEWEST = f"benchmark-{JOBS}"
_FTLAB = str(Path(sys.executable).with_name("ftlab"))


def measure(folder: Path) -> list[Result]:
    _make_jobs(folder)
    environment = os.environ | {"FTLAB_HOME": str(folder), "TERM": "xterm-256color"}
    environment.pop("FTLAB_DB", None)

    def run(*command: str) -> float:
        def once() -> None:
            subprocess.run(command, env=environment, check=True, capture_output=True)

        once()
        return seconds(once, runs=7)

    command_line = [
        Row("ftlab --help", run(_FTLAB, "--help"), ours=True),
        Row("python -c pass", run(sys.executable, "-c", "pass")),
    ]
    command_line += [
        Row(f"{peer} --help", run(str(Path(sys.executable).with_name(peer)), "--help"))
        for peer in ("trackio", "wandb")
        if importlib.util.find_spec(peer) is not None
    ]
    listing = [Row("ftlab jobs --json, 10,000 jobs", run(_FTLAB, "jobs", "--json"), ours=True)]
    listing.append(
        Row("ftlab jobs --json --limit 50", run(_FTLAB, "jobs", "--json", "--limit", "50"))
    )
    frames = [
        Row("ftlab, 10,000 jobs", _first_sight([_FTLAB], _NEWEST, environment), ours=True),
        Row(
            "bare Textual DataTable, 1,000 rows",
            _first_sight([sys.executable, "-c", _BARE_TABLE], "row-1 ", environment),
        ),
    ]
    return [
        Result("Help", "s", command_line),
        Result("Job list", "s", listing),
        Result("First frame with data, in a terminal of 120x40", "s", frames),
    ]


def _make_jobs(home: Path) -> None:
    lab = Lab(Places.find(home=home), role="bench")
    for start in range(1, JOBS + 1, 500):
        lab.log.append_all(_job(number) for number in range(start, start + 500))
    lab.close()


def _job(number: int) -> Write:
    planned = JobPlanned(
        name=f"benchmark-{number}",
        provider="local",
        base_model="smollm2-135m-instruct",
        method="lora",
        hyperparameters={"epochs": 1},
        dataset="ds_bench",
        total_steps=100,
    )
    ended = JobSucceeded(step=100)
    return Write(f"job/job_{number:011d}", [planned, JobSubmitted(remote_id="1"), ended])


_BARE_TABLE = """
from textual.app import App
from textual.widgets import DataTable
class Bare(App):
    def compose(self):
        yield DataTable()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("name", "status", "model", "step", "loss")
        for number in range(1, 1001):
            table.add_row(f"row-{number} ", "succeeded", "smollm2", "100/100", "1.5")
Bare().run()
"""


def _first_sight(command: list[str], text: str, environment: dict[str, str]) -> float:
    """Return the median time from exec until a text is on the terminal."""
    times = [_sight(command, text.encode(), environment) for _ in range(6)]
    return statistics.median(times[1:])


def _sight(command: list[str], text: bytes, environment: dict[str, str]) -> float:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    os.close(slave)
    try:
        return _wait_for(master, text, start)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _wait_for(master: int, text: bytes, start: float) -> float:
    seen = b""
    while time.perf_counter() - start < 30:
        if select.select([master], [], [], 1)[0]:
            seen += os.read(master, 65536)
            if text in seen:
                return time.perf_counter() - start
    raise TimeoutError(f"{text!r} never came on the terminal")
