"""Reading a million-step series: whole, and reduced for a chart."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable
from pathlib import Path

from benchmarks.ingest import METRICS, lab_with_progress, made_steps
from benchmarks.table import Result, Row, seconds
from engine.poller import Poller
from store.queries.metrics import series

STEPS = 1_000_000
CHART_POINTS = 400


def measure(folder: Path) -> list[Result]:
    steps = made_steps(STEPS)
    lab, job = lab_with_progress(folder / "lab", steps)
    Poller(lab).look_at(job)
    bare = _bare(folder / "bare.db", steps)
    reader = lab.database.reader
    assert len(series(reader, job, "loss")) == STEPS

    def milliseconds(work: Callable[[], object]) -> float:
        return 1000 * seconds(work, runs=7)

    chart = [
        Row(
            f"ftlab, reduced to {CHART_POINTS} points with every spike",
            milliseconds(lambda: series(reader, job, "loss", points=CHART_POINTS)),
            ours=True,
        ),
        Row("ftlab, whole", milliseconds(lambda: series(reader, job, "loss"))),
        Row("bare SQLite, SELECT of the column, whole", milliseconds(lambda: _select(bare))),
    ]
    lab.close()
    return [Result("A series of a million steps, beside three others", "ms", chart)]


def _bare(path: Path, steps: list[dict[str, float]]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    columns = ", ".join(f"{name} REAL" for name in METRICS)
    connection.execute(f"CREATE TABLE metric (step INTEGER PRIMARY KEY, {columns})")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO metric VALUES (?, ?, ?, ?, ?)",
        ((step, *values.values()) for step, values in enumerate(steps)),
    )
    connection.execute("COMMIT")
    return connection


def _select(connection: sqlite3.Connection) -> array[float]:
    return array(
        "d", (row[0] for row in connection.execute("SELECT loss FROM metric ORDER BY step"))
    )
