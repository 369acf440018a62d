"""Run the benchmarks, print tables of ratios: `python -m benchmarks [ingest startup …]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import (
    comparing,
    dashboard,
    dataset,
    evaluation,
    hosted,
    ingest,
    log_calls,
    series,
    startup,
    training,
)
from benchmarks.table import machine, print_markdown, print_table

_PARTS = {
    "ingest": ingest.measure,
    "series": series.measure,
    "startup": startup.measure,
    "dashboard": dashboard.measure,
    "dataset": dataset.measure,
    "hosted": hosted.measure,
    "log_calls": log_calls.measure,
    "training": training.measure,
    "evaluation": evaluation.measure,
    "comparing": comparing.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help="all of them if left out")
    parser.add_argument("--markdown", action="store_true", help="print Markdown, for the docs")
    chosen = parser.parse_args()
    results = []
    for name in chosen.parts or _PARTS:
        with tempfile.TemporaryDirectory(prefix="ftlab-bench-") as folder:
            results += _PARTS[name](Path(folder))
    show = print_markdown if chosen.markdown else print_table
    print(machine())
    for result in results:
        show(result)


if __name__ == "__main__":
    main()
