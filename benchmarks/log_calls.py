"""A training script's own logging: microseconds a call of four metrics, steps lost after SIGKILL.

Each logger works in a script of its own, in a fresh interpreter. The time of a call is the median
of many; what is lost is counted after the process killed itself right after its last call returned,
by what each logger's own reader finds. A logger that is slow makes fewer calls.
"""

from __future__ import annotations

import json
import os
import py_compile
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import ftlab
from benchmarks.peers import interpreter
from benchmarks.table import Result, Row
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller
from store.queries.jobs import job_list

CALLS = int(os.environ.get("FTLAB_BENCH_CALLS", "20000"))
KILLED_AFTER = min(CALLS, 1_000)
_SECONDS = 30
"""For how long a logger makes calls at most."""

_LOOP = """
calls = int(sys.argv[1])
values = [
    {"loss": 3 / (1 + step / 500), "learning_rate": 5e-4 * (1 - step / calls),
     "grad_norm": 1 / (1 + step % 7), "tokens_per_second": 300 + step % 13 / 7}
    for step in range(1, calls + 1)
]
times = []
clock = time.perf_counter_ns
until = clock() + 1e9 * float(sys.argv[4])
for step, each in enumerate(values, 1):
    start = clock()
    log(each, step=step)
    times.append(clock() - start)
    if clock() > until:
        break
if sys.argv[2] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
finish()
json.dump(times, open(sys.argv[3], "w"))
"""

_OPENINGS = {
    "ftlab": """
import ftlab
run = ftlab.start("bench")
log, finish = run.log, run.finish
""",
    "trackio": """
import trackio
trackio.init(project="bench", name="run", embed=False)
log, finish = trackio.log, trackio.finish
""",
    "wandb": """
import wandb
run = wandb.init(project="bench", mode="offline", settings=wandb.Settings(silent=True))
log, finish = run.log, run.finish
""",
    "mlflow": """
import mlflow
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.start_run()
log, finish = mlflow.log_metrics, mlflow.end_run
""",
    "aim": """
import aim
run = aim.Run()
log = lambda values, step: [run.track(each, name, step=step) for name, each in values.items()]
finish = run.close
""",
}

_COUNTS = {
    "mlflow": """
import sqlite3
found = sqlite3.connect("mlflow.db").execute("SELECT COUNT(DISTINCT step) FROM metrics")
print(found.fetchone()[0])
""",
    "aim": """
import pathlib, subprocess, sys
import aim
# What a killed process wrote is found once it is indexed.
command = pathlib.Path(sys.executable).with_name("aim")
subprocess.run([command, "storage", "--repo", ".", "reindex", "-y"], capture_output=True)
print(max((len(metric.values.sparse_numpy()[0])
           for run in aim.Repo(".").iter_runs() for metric in run.metrics()), default=0))
""",
    "trackio": """
import sqlite3, pathlib
print(max((sqlite3.connect(f).execute("SELECT COUNT(*) FROM metrics").fetchone()[0]
           for f in pathlib.Path("trackio").rglob("*.db")), default=0))
""",
    "wandb": """
import pathlib
from wandb.proto import wandb_internal_pb2
count = 0
for file in pathlib.Path(".").rglob("*.wandb"):
    # LevelDB's log format: blocks of 32 KiB, records with checksum, length and type before them.
    data, place, record = file.read_bytes(), 7, b""
    while place + 7 <= len(data):
        if place % 32768 > 32768 - 7:
            place += 32768 - place % 32768
            continue
        length, kind = int.from_bytes(data[place + 4 : place + 6], "little"), data[place + 6]
        piece = data[place + 7 : place + 7 + length]
        place += 7 + length
        record = piece if kind in (1, 2) else record + piece
        if kind in (1, 4) and len(piece) == length:
            found = wandb_internal_pb2.Record()
            found.ParseFromString(record)
            count += found.WhichOneof("record_type") == "history"
print(count)
""",
}


def measure(folder: Path) -> list[Result]:
    found = {name: sys.executable if name == "ftlab" else interpreter(name) for name in _OPENINGS}
    installed = {name: python for name, python in found.items() if python is not None}
    _install(folder / "installed")
    calls, slowest, lost = [], [], []
    for name, python in installed.items():
        times = _times(name, python, folder / name)
        if times is None:
            continue
        ours = name == "ftlab"
        calls.append(Row(f"{name}: median", statistics.median(times) / 1000, ours=ours))
        slowest.append(Row(name, statistics.quantiles(times, n=1000)[-1] / 1000, ours=ours))
        if (kept := _kept_after_kill(name, python, folder / f"{name}-killed")) is not None:
            lost.append(Row(name, KILLED_AFTER - kept))
    imports = [
        Row(name, _import_seconds(name, python, folder) * 1000, ours=name == "ftlab")
        for name, python in [*installed.items(), ("json", sys.executable)]
    ]
    return [
        Result("A script's own logging: a call of four metrics", "µs", calls),
        Result("A script's own logging: one call in a thousand takes longer than", "µs", slowest),
        Result(f"Of {KILLED_AFTER:,} steps, lost by SIGKILL after the last call", "steps", lost),
        Result("import", "ms", imports),
    ]


def _times(name: str, python: str, folder: Path) -> list[int] | None:
    """Return the nanoseconds of each call; None if the logger does not work here."""
    done = _run(name, python, folder, [str(CALLS), "finish", "times.json", str(_SECONDS)])
    if done.returncode != 0:
        print(f"{name} failed and is left out: {done.stderr.strip().splitlines()[-1:]}")
        return None
    times: list[int] = json.loads((folder / "times.json").read_text())
    return times


def _kept_after_kill(name: str, python: str, folder: Path) -> int | None:
    """Return how many steps are found after the process was killed; None if there is no telling."""
    done = _run(name, python, folder, [str(KILLED_AFTER), "kill", "", "inf"])
    assert done.returncode == -signal.SIGKILL, done.stderr
    if name == "ftlab":
        with Lab(Places.find(home=folder / "ftlab"), role="bench") as lab:
            Poller(lab).look()
            return job_list(lab.database.reader)[0].step
    # A process beside it, if the logger has one, gets the time to save what it has.
    time.sleep(5)
    counted = subprocess.run(
        [python, "-c", _COUNTS[name]], cwd=folder, capture_output=True, text=True, check=False
    )
    if counted.returncode != 0:
        print(f"what {name} kept cannot be counted: {counted.stderr.strip().splitlines()[-1:]}")
        return None
    return int(counted.stdout.split()[-1])


def _run(
    name: str, python: str, folder: Path, arguments: list[str]
) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    script = f"import json, os, signal, sys, time\n{_OPENINGS[name]}\n{_LOOP}"
    environment = os.environ | {
        "FTLAB_HOME": str(folder / "ftlab"),
        "HOME": str(folder),
        "PYTHONPATH": str(folder.parent / "installed"),
        "TRACKIO_DIR": str(folder / "trackio"),
        "WANDB_DIR": str(folder),
        "HF_HUB_OFFLINE": "1",
        "DO_NOT_TRACK": "true",
    }
    return subprocess.run(
        [python, "-c", script, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def _import_seconds(name: str, python: str, folder: Path) -> float:
    """Return the median time of importing a module in a fresh interpreter."""
    tell = f"import time; s = time.perf_counter(); import {name}; print(time.perf_counter() - s)"
    environment = os.environ | {"PYTHONPATH": str(folder / "installed"), "HOME": str(folder)}
    command = [python, "-c", tell]
    found = [
        subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(7)
    ]
    return statistics.median(float(each.stdout.splitlines()[-1]) for each in found)


def _install(folder: Path) -> None:
    """Put `ftlab.py` into a folder as an installation does: compiled, and without the rest."""
    folder.mkdir()
    py_compile.compile(str(shutil.copy(ftlab.__file__, folder)), doraise=True)
