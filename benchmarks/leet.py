"""W&B LEET, the terminal program for runs of Weights & Biases, fed with the same figures.

It is measured where wandb is installed (`benchmarks.peers.interpreter`).
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.peers import interpreter

_LIST = "offline-run"

_LOG = """
import json, sys, time
import wandb
wish = json.loads(sys.argv[1])
settings = wandb.Settings(silent=True, x_disable_stats=True)
for number in range(wish["runs"]):
    with wandb.init(project="bench", name=f"benchmark-{number}", settings=settings) as run:
        for step in range(1, wish["steps"] + 1):
            run.log({"loss": 2.0 / step**0.2, "lr": 1e-4})
            if wish["apart"]:
                time.sleep(wish["apart"])
"""


class Leet:
    """LEET over a folder of runs.

    Attributes:
        folder: where `wandb/` with the runs is.
        sign: what is on the terminal as soon as the list of runs is.
    """

    sign = _LIST

    def __init__(self, python: str, folder: Path) -> None:
        self._python = python
        self.folder = folder
        self.folder.mkdir(parents=True)

    @classmethod
    def found(cls, folder: Path) -> Leet | None:
        """Return it for a new folder; None where wandb is not installed."""
        python = interpreter("wandb")
        return None if python is None else cls(python, folder)

    @property
    def command(self) -> list[str]:
        """The command that opens it."""
        return [str(Path(self._python).with_name("wandb")), "leet", str(self.folder / "wandb")]

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which it keeps to its folder and to 256 colours."""
        own = {"HOME": str(self.folder), "WANDB_DIR": str(self.folder), "TERM": "xterm-256color"}
        return {**os.environ, **own, "WANDB_MODE": "offline"}

    def write(self, runs: int, steps: int) -> None:
        """Log finished runs with its own library."""
        subprocess.run(self._log(runs, steps), env=self.environment, cwd=self.folder, check=True)

    @contextmanager
    def writing(self, apart: float) -> Iterator[None]:
        """Log a run meanwhile, with so many seconds from step to step."""
        process = subprocess.Popen(
            self._log(1, 1_000_000, apart), env=self.environment, cwd=self.folder
        )
        while not list(self.folder.glob("wandb/*/*.wandb")):
            time.sleep(0.1)
        try:
            yield
        finally:
            process.terminate()
            process.wait()

    def _log(self, runs: int, steps: int, apart: float = 0.0) -> list[str]:
        wish = json.dumps({"runs": runs, "steps": steps, "apart": apart})
        return [self._python, "-c", _LOG, wish]
