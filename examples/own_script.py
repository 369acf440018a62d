"""A training loop of one's own that logs into ftlab: `python examples/own_script.py`.

It fits a line to points by gradient descent; watch it with `ftlab jobs follow own-script`.
"""

from __future__ import annotations

import random
import time

import ftlab

config = {"learning_rate": 0.05, "steps": 300, "seed": 3}
chance = random.Random(3)  # noqa: S311 - no cryptography
points = [(x / 10, 2 * x / 10 + 1 + chance.gauss(0, 0.1)) for x in range(-10, 11)]
slope = offset = 0.0

with ftlab.start("own-script", config, total_steps=300) as run:
    for step in range(1, 301):
        errors = [(slope * x + offset - y, x) for x, y in points]
        loss = sum(error * error for error, _ in errors) / len(errors)
        slope -= 0.05 * sum(2 * error * x for error, x in errors) / len(errors)
        offset -= 0.05 * sum(2 * error for error, _ in errors) / len(errors)
        run.log({"loss": loss, "slope": slope, "offset": offset}, step=step)
        if run.stop_requested:
            break
        time.sleep(0.02)
