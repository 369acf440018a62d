"""Trains nothing, step by step, and stops when it is asked to: `steps.py STEPS SECONDS`."""

from __future__ import annotations

import sys
import time

import ftlab

steps, seconds = int(sys.argv[1]), float(sys.argv[2])
config = {"learning_rate": 1e-3, "seed": 7, "model": "tiny", "api_key": "abcdef"}
with ftlab.start("steps", config, total_steps=steps) as run:
    for step in range(1, steps + 1):
        run.log({"loss": 1 / step, "learning_rate": 1e-3, "grad_norm": 0.5, "tokens": 8.0}, step)
        sys.stdout.write(f"{step}\n")
        sys.stdout.flush()
        if step % 10 == 0:
            run.checkpoint(f"out/{step}")
        if run.stop_requested:
            break
        time.sleep(seconds)
