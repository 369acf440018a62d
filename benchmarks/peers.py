"""Loggers beside which ftlab is measured, each a script of its own in a fresh interpreter.

Where one wants other versions of packages than ftlab's, it is installed into a virtual environment
of its own: `FTLAB_BENCH_PEERS` names the interpreters of such, with a colon between them.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

_TRACKIO = """
import json, sys, time
import trackio
steps = json.load(open(sys.argv[1]))
trackio.init(project="bench", name="run", embed=False)
start = time.perf_counter()
for step, values in enumerate(steps, 1):
    trackio.log(values, step=step)
trackio.finish()
print(time.perf_counter() - start)
"""

_WANDB = """
import json, sys, time
import wandb
steps = json.load(open(sys.argv[1]))
run = wandb.init(project="bench", mode="offline", settings=wandb.Settings(silent=True))
start = time.perf_counter()
for step, values in enumerate(steps, 1):
    run.log(values, step=step)
run.finish()
print(time.perf_counter() - start)
"""

_SCRIPTS = {"trackio": _TRACKIO, "wandb": _WANDB}


def interpreter(name: str) -> str | None:
    """Return the Python that has a peer installed; None if there is none."""
    if importlib.util.find_spec(name) is not None:
        return sys.executable
    look = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    for python in filter(None, os.environ.get("FTLAB_BENCH_PEERS", "").split(os.pathsep)):
        if subprocess.run([python, "-c", look, name], check=False).returncode == 0:
            return python
    return None


def logging_seconds(name: str, steps: list[dict[str, float]], folder: Path) -> float | None:
    """Return how long a peer takes to log and save the steps; None if it is not installed."""
    if importlib.util.find_spec(name) is None:
        return None
    home = folder / name
    home.mkdir()
    (home / "steps.json").write_text(json.dumps(steps))
    environment = os.environ | {
        "HOME": str(home),
        "TRACKIO_DIR": str(home / "trackio"),
        "WANDB_DIR": str(home),
        "HF_HUB_OFFLINE": "1",
    }
    finished = subprocess.run(
        [sys.executable, "-c", _SCRIPTS[name], str(home / "steps.json")],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if finished.returncode != 0:
        print(f"{name} failed and is left out: {finished.stderr.strip().splitlines()[-1:]}")
        return None
    return float(finished.stdout.strip().splitlines()[-1])
