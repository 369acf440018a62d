"""What a benchmark gives, and how it is printed."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """A measured thing; `ours` marks the one that the ratios of the others refer to."""

    name: str
    value: float
    ours: bool = False


@dataclass(frozen=True)
class Result:
    """A table of one kind of value; `more_is_better` tells which way the ratios read."""

    title: str
    unit: str
    rows: list[Row]
    more_is_better: bool = False


def seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Return the median time of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def print_table(result: Result) -> None:
    """Print a result for a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=result.title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    table.add_column(result.unit, justify="right")
    table.add_column("ftlab is", justify="right")
    for row in result.rows:
        table.add_row(row.name, f"{row.value:,.4g}", _ratio(result, row))
    Console().print(table)


def print_markdown(result: Result) -> None:
    """Print a result as a Markdown table."""
    print(f"\n### {result.title}\n\n| | {result.unit} | ftlab is |\n|---|---:|---:|")
    for row in result.rows:
        print(f"| {row.name} | {row.value:,.4g} | {_ratio(result, row)} |")


def _ratio(result: Result, row: Row) -> str:
    ours = next((other.value for other in result.rows if other.ours), None)
    if ours is None or row.ours:
        return ""
    ratio = ours / row.value if result.more_is_better else row.value / ours
    return f"{ratio:.2f}x"


def machine() -> str:
    """Name the machine in words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{_processor()}, {cores} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
