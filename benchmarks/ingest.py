"""From a progress file to committed events and read models: points a second, bytes a point.

A point is one value of one metric at one step. ftlab's figure is the poller's whole way: reading
and parsing the file, making facts, hashing, committing with synchronous=FULL, folding the read
models.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.peers import logging_seconds
from benchmarks.table import Result, Row, seconds
from engine.lab import Lab
from engine.places import Places
from engine.poller import Poller
from store.events import JobPlanned
from store.queries.metrics import series_list

STEPS = 10_000
LONG = 250_000
METRICS = ("loss", "learning_rate", "grad_norm", "tokens_per_second")


def made_steps(count: int) -> list[dict[str, float]]:
    """Return values with all their digits: the hardest case for their size."""
    chance = random.Random(0)
    return [
        {
            "loss": 3 / (1 + step / 500) + chance.gauss(1, 0.1),
            "learning_rate": 5e-4 * (1 - step / count),
            "grad_norm": chance.expovariate(0.5),
            "tokens_per_second": chance.gauss(300, 12),
        }
        for step in range(count)
    ]


def lab_with_progress(folder: Path, steps: list[dict[str, float]]) -> tuple[Lab, str]:
    """Return a lab with a job whose process has logged these steps and is gone."""
    lab = Lab(Places.find(home=folder), role="bench")
    job = "job_bench"
    planned = JobPlanned(
        name="bench",
        provider="local",
        base_model="none",
        method="lora",
        hyperparameters={},
        dataset="ds_bench",
    )
    lab.log.append(f"job/{job}", planned)
    run = lab.places.run(job)
    run.mkdir(parents=True)
    now = time.time()
    with (run / "progress.jsonl").open("w") as file:
        for step, values in enumerate(steps, 1):
            line = {"kind": "metrics", "at": now + step / 100, "step": step, "values": values}
            file.write(json.dumps(line) + "\n")
    return lab, job


def measure(folder: Path) -> list[Result]:
    steps = made_steps(STEPS)
    points = STEPS * len(METRICS)
    rates = [Row("ftlab, 10,000 steps", points / _ftlab(folder / "short", steps), ours=True)]
    long = made_steps(LONG)
    rates.append(Row("ftlab, 250,000 steps", LONG * len(METRICS) / _ftlab(folder / "long", long)))
    for name, work in _BARE.items():
        rates.append(Row(name, points / seconds(partial(work, folder, steps))))
    for peer in ("trackio", "wandb"):
        taken = logging_seconds(peer, steps, folder)
        if taken is not None:
            rates.append(Row(f"{peer}, offline", points / taken))
    sizes = [
        Row("ftlab: log, read models and all", _size(folder / "long/ftlab.db", LONG), ours=True),
        Row("bare SQLite, a row a step", _size(folder / "bare.db", STEPS)),
        Row("bare SQLite, a row a step, metrics as JSON", _size(folder / "json.db", STEPS)),
    ]
    return [
        Result("Progress file to the database", "points/s", rates, more_is_better=True),
        Result("Size of the database", "bytes/point", sizes),
    ]


def _ftlab(folder: Path, steps: list[dict[str, float]]) -> float:
    """Return the median of three polls of the same file into new databases."""
    times = []
    for attempt in range(3):
        home = folder if attempt == 2 else folder.with_name(f"{folder.name}-{attempt}")
        lab, job = lab_with_progress(home, steps)
        start = time.perf_counter()
        Poller(lab).look_at(job)
        times.append(time.perf_counter() - start)
        counts = {summary.count for summary in series_list(lab.database.reader, job)}
        assert counts == {len(steps)}, counts
        lab.close()
    return sorted(times)[1]


def _bare(
    folder: Path, steps: list[dict[str, float]], *, each: bool, synchronous: str = "FULL"
) -> None:
    """Insert a row a step into columns made for exactly these metrics."""
    with _new_database(folder / "bare.db", synchronous) as connection:
        columns = ", ".join(f"{name} REAL" for name in METRICS)
        connection.execute(f"CREATE TABLE metric (step INTEGER PRIMARY KEY, {columns})")
        if not each:
            connection.execute("BEGIN")
        for step, values in enumerate(steps):
            connection.execute(
                "INSERT INTO metric VALUES (?, ?, ?, ?, ?)", (step, *values.values())
            )
        if not each:
            connection.execute("COMMIT")


def _bare_from_file(folder: Path, steps: list[dict[str, float]]) -> None:
    """The same out of a progress file, so that the parsing is in both; the file is there before."""
    del steps
    with _new_database(folder / "parsed.db", "FULL") as connection:
        columns = ", ".join(f"{name} REAL" for name in METRICS)
        connection.execute(f"CREATE TABLE metric (step INTEGER PRIMARY KEY, {columns})")
        connection.execute("BEGIN")
        with (folder / "short/runs/job_bench/progress.jsonl").open("rb") as lines:
            for line in lines:
                record = json.loads(line)
                connection.execute(
                    "INSERT INTO metric VALUES (?, ?, ?, ?, ?)",
                    (record["step"], *record["values"].values()),
                )
        connection.execute("COMMIT")


def _bare_json(folder: Path, steps: list[dict[str, float]]) -> None:
    """Insert a row a step with its metrics as JSON, as one does who cannot know their names."""
    with _new_database(folder / "json.db", "FULL") as connection:
        connection.execute("CREATE TABLE metric (step INTEGER PRIMARY KEY, data TEXT)")
        connection.execute("BEGIN")
        for step, values in enumerate(steps):
            connection.execute("INSERT INTO metric VALUES (?, ?)", (step, json.dumps(values)))
        connection.execute("COMMIT")


@contextmanager
def _new_database(path: Path, synchronous: str) -> Iterator[sqlite3.Connection]:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        yield connection


_BARE: dict[str, Callable[[Path, list[dict[str, float]]], None]] = {
    "bare SQLite, a row and a commit a step, synchronous=FULL": partial(_bare, each=True),
    "bare SQLite, a row and a commit a step, synchronous=NORMAL": partial(
        _bare, each=True, synchronous="NORMAL"
    ),
    "bare SQLite, one transaction, a row a step, metrics as JSON": _bare_json,
    "bare SQLite, one transaction, a row a step, out of the same file": _bare_from_file,
    "bare SQLite, one transaction, a row a step, values in memory": partial(_bare, each=False),
}


def _size(path: Path, steps: int) -> float:
    return path.stat().st_size / (steps * len(METRICS))
