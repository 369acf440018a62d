"""The dashboard as a terminal sees it: first sight, keys, curves, bytes, processor, memory."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import threading
import time
from pathlib import Path

from benchmarks.ingest import lab_with_progress, made_steps
from benchmarks.leet import Leet
from benchmarks.table import Result, Row
from benchmarks.terminal import Seen, seen
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller
from store.events import (
    JobPlanned,
    JobStatusChanged,
    JobSubmitted,
    JobSucceeded,
    MetricGroup,
    MetricsRecorded,
)
from store.log import Write

_FTLAB = str(Path(sys.executable).with_name("ftlab"))
_JOBS = (0, 10_000, 100_000)
_STEPS = 1_000_000
_LEET_RUNS = 50
_RUNS = 5
_KEYS = 200
_DOWN, _UP = "\x1b[B", "\x1b[A"
_IDLE_SECONDS = float(os.environ.get("FTLAB_BENCH_IDLE", "60"))
_LIVE_SECONDS = 20.0
_LIVE_APART = 0.1

_BARE_TABLE = """
import sys
from textual.app import App
from textual.widgets import DataTable
class Bare(App):
    def compose(self):
        yield DataTable(cursor_type="row")
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("name", "status", "model", "step", "loss")
        for number in range(1, int(sys.argv[1]) + 1):
            table.add_row(f"row-{number} ", "succeeded", "smollm2", "100/100", "1.5")
Bare().run()
"""


def measure(folder: Path) -> list[Result]:
    homes = {jobs: _home(folder / f"jobs-{jobs}", jobs) for jobs in _JOBS}
    sights: list[Row] = []
    keys: list[Row] = []
    sizes: list[Row] = []
    rests: list[Row] = []
    for jobs, home in homes.items():
        name = f"ftlab, {jobs:,} jobs"
        text = f"benchmark-{jobs}" if jobs else "There are no jobs yet"
        sights.append(Row(name, _first_sight([_FTLAB], text, home), ours=jobs == _JOBS[1]))
        if jobs:
            with seen([_FTLAB], _environment(home)) as screen:
                screen.until(text)
                _measure_running(screen, name, keys, sizes, rests)
    for rows in (1_000, 100_000):
        command = [sys.executable, "-c", _BARE_TABLE, str(rows)]
        name = f"bare Textual DataTable, {rows:,} rows"
        runs = _RUNS if rows == 1_000 else 1
        sights.append(Row(name, _first_sight(command, "row-1 ", folder, runs)))
        if rows == 1_000:
            with seen(command, _environment(folder)) as screen:
                screen.until("row-1 ")
                _measure_running(screen, name, keys, sizes, rests)
    if (leet := Leet.found(folder / "leet")) is not None:
        leet.write(_LEET_RUNS, 100)
        name = f"W&B LEET, {_LEET_RUNS} runs"
        sights.append(Row(name, _first_leet(leet)))
        with seen(leet.command, leet.environment) as screen:
            screen.until(leet.sign)
            _measure_running(screen, name, keys, sizes, rests)
    return [
        Result("First sight of the jobs, from exec, in a terminal of 120x40", "s", sights),
        Result("From a key in the list to the changed screen", "ms", keys),
        Result("Bytes that a key in the list sends", "bytes", sizes),
        Result("At rest", "bytes/s, % of a core, MiB", rests),
        Result("A curve of a million steps, from the key to the chart", "ms", _curve(folder)),
        Result("While a job logs 10 steps a second", "bytes/s, % of a core", _live(folder)),
    ]


def _environment(home: Path) -> dict[str, str]:
    environment = os.environ | {"FTLAB_HOME": str(home), "TERM": "xterm-256color"}
    environment.pop("FTLAB_DB", None)
    environment.pop("NO_COLOR", None)
    return environment


def _first_sight(command: list[str], text: str, home: Path, runs: int = _RUNS) -> float:
    """Return the median time from exec until a text is on the terminal."""

    def once() -> float:
        # Where somebody was last must not matter.
        (home / "session.json").unlink(missing_ok=True)
        with seen(command, _environment(home)) as screen:
            return screen.until(text)

    if runs > 1:
        once()
    return statistics.median(once() for _ in range(runs))


def _measure_running(
    screen: Seen, name: str, keys: list[Row], sizes: list[Row], rests: list[Row]
) -> None:
    screen.quiet(3.0)
    answers = [screen.answer(_DOWN if number % 20 < 10 else _UP) for number in range(_KEYS)]
    firsts = sorted(1000 * first for first, _, _ in answers)
    ours = name == f"ftlab, {_JOBS[1]:,} jobs"
    keys.append(Row(f"{name}, median", statistics.median(firsts), ours=ours))
    keys.append(Row(f"{name}, p99", firsts[-1 - _KEYS // 100]))
    sizes.append(Row(name, statistics.median(size for _, _, size in answers), ours=ours))
    screen.quiet(3.0)
    sent, used = screen.watch(_IDLE_SECONDS)
    rests.append(Row(f"{name}, bytes/s", sent))
    rests.append(Row(f"{name}, % of a core", 100 * used))
    rests.append(Row(f"{name}, MiB", screen.memory()))


def _first_leet(leet: Leet) -> float:
    def once() -> float:
        with seen(leet.command, leet.environment) as screen:
            return screen.until(leet.sign)

    return statistics.median(once() for _ in range(_RUNS))


def _curve(folder: Path) -> list[Row]:
    home = folder / "curve"
    lab, job = lab_with_progress(home, made_steps(_STEPS))
    Poller(lab).look_at(job)
    lab.close()

    # It begins where it was left: at the overview, with no curve read yet.
    with seen([_FTLAB], _environment(home)) as screen:
        screen.quiet(3.0)
        screen.answer("1")
        screen.press("q")
        screen.process.wait(10.0)

    def once() -> tuple[float, float]:
        with seen([_FTLAB], _environment(home)) as screen:
            screen.quiet(3.0)
            first = screen.after("2", "━ ")
            screen.answer("1")
            return first, screen.after("2", "━ ")

    opened = [once() for _ in range(_RUNS)]
    found = [
        Row("ftlab, first time", statistics.median(1000 * first for first, _ in opened), ours=True),
        Row("ftlab, again", statistics.median(1000 * again for _, again in opened)),
    ]
    if (leet := Leet.found(folder / "leet-curve")) is not None:
        leet.write(1, _STEPS)
        with seen(leet.command, leet.environment) as screen:
            screen.until(leet.sign)
            found.append(Row("W&B LEET, from exec to its last repaint", 1000 * screen.settle(5.0)))
    return found


def _live(folder: Path) -> list[Row]:
    home = folder / "live"
    home.mkdir()
    lab = Lab(Places.find(home=home), role="bench")
    lab.log.append_all([Write("job/job_live", [_planned("live"), JobSubmitted(remote_id="1")])])
    lab.log.append_all([Write("job/job_live", [JobStatusChanged(status="running")])])
    stopped = threading.Event()

    def write() -> None:
        step = 0
        while not stopped.wait(_LIVE_APART):
            step += 1
            group = MetricGroup(steps=[step], values={"loss": [2.0 / step**0.2], "lr": [1e-4]})
            lab.log.append("job/job_live", MetricsRecorded(groups=[group]))

    with seen([_FTLAB], _environment(home)) as screen:
        screen.until("live")
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(2.0)
        screen.quiet(0.01)
        sent, used = screen.watch(_LIVE_SECONDS)
        stopped.set()
        writer.join()
    lab.close()
    found = [Row("ftlab, bytes/s", sent), Row("ftlab, % of a core", 100 * used)]
    if (leet := Leet.found(folder / "leet-live")) is not None:
        with leet.writing(_LIVE_APART), seen(leet.command, leet.environment) as screen:
            screen.until(leet.sign)
            time.sleep(2.0)
            screen.quiet(0.01)
            sent, used = screen.watch(_LIVE_SECONDS)
        found += [Row("W&B LEET, bytes/s", sent), Row("W&B LEET, % of a core", 100 * used)]
    return found


def _home(home: Path, jobs: int) -> Path:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    lab = Lab(Places.find(home=home), role="bench")
    for start in range(1, jobs + 1, 500):
        lab.log.append_all(_job(number) for number in range(start, start + 500))
    lab.close()
    return home


def _planned(name: str) -> JobPlanned:
    return JobPlanned(
        name=name,
        provider="local",
        base_model="smollm2-135m-instruct",
        method="lora",
        hyperparameters={"epochs": 1},
        dataset="ds_bench",
        total_steps=100_000,
    )


def _job(number: int) -> Write:
    facts = [_planned(f"benchmark-{number}"), JobSubmitted(remote_id="1"), JobSucceeded(step=100)]
    return Write(f"job/job_{number:011d}", facts)
