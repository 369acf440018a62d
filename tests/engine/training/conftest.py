"""Run folders to train in, and the real training process in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

import engine
from tests.engine.training.forked import Forked

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_SOURCES = Path(engine.__file__).parents[1]
_DIE = Path(__file__).parent / "children" / "train_and_die.py"
_FULL = Path(__file__).parent / "children" / "train_on_full_disk.py"
_SECONDS = 120

Line = dict[str, Any]
Process = subprocess.Popen[str] | Forked


@dataclass(frozen=True)
class Run:
    """A run folder, and what the process in it does."""

    folder: Path

    @property
    def output(self) -> Path:
        return self.folder / "models" / "result"

    @property
    def home(self) -> Path:
        """The home directory of the process: nothing may appear in it."""
        return self.folder / "home"

    def start(self, *options: str) -> Process:
        """Start the training process."""
        return self._spawn(["-m", "engine.training.worker", str(self.folder), *options])

    def fork(self, *options: str) -> Process:
        """Start the training process where the libraries are loaded already: much sooner."""
        return self._fork(["-m", "engine.training.worker", str(self.folder), *options])

    def start_to_die(self, kind: str, step: int, *options: str) -> Process:
        """Start one that is killed just before it would write a line of this kind and step."""
        return self._fork([str(_DIE), kind, str(step), str(self.folder), *options])

    def start_on_full_disk(self, step: int, little: int) -> Process:
        """Start one to which the disk is full while it saves a step's checkpoint, and at its end.

        Before it saves the checkpoint that is the `little`th, there is little space.
        """
        return self._fork([str(_FULL), str(step), str(little), str(self.folder)])

    def _fork(self, arguments: list[str]) -> Process:
        return Forked(arguments, self._variables, said=self.folder / "said.txt")

    @property
    def _variables(self) -> dict[str, str]:
        # One thread each: the model is tiny, and several processes run side by side.
        return {"PYTHONPATH": str(_SOURCES), "OMP_NUM_THREADS": "1", "HOME": str(self.home)}

    def _spawn(self, arguments: list[str]) -> Process:
        return subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | self._variables,
        )

    def lines(self, kind: str | None = None) -> list[Line]:
        """Return what was written to the progress file so far."""
        file = self.folder / "progress.jsonl"
        if not file.exists():
            return []
        whole = file.read_text().rpartition("\n")[0].splitlines()
        found = [json.loads(line) for line in whole]
        return [line for line in found if kind in {None, line["kind"]}]

    def trained(self) -> dict[int, dict[str, float]]:
        """Return what was told of each training step; the last word counts."""
        return {
            line["step"]: line["values"]
            for line in self.lines("metrics")
            if "loss" in line["values"]
        }

    def evaluated(self) -> list[int]:
        """Return the steps at which evaluations were told, in the order in which they were."""
        return [line["step"] for line in self.lines("metrics") if "eval_loss" in line["values"]]

    def wait_for(self, condition: Callable[[], object], process: Process) -> None:
        """Wait until something is so; it must come about while the process lives."""
        deadline = time.monotonic() + _SECONDS
        while not condition():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def ended(self, process: Process) -> int:
        """Wait for a process to end and return its exit status; keep what it said in `said.txt`."""
        _, said = process.communicate(timeout=_SECONDS)
        (self.folder / "said.txt").write_text(said)
        return process.returncode

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text()


class MakeRun(Protocol):
    """Makes a run folder with a plan in it."""

    def __call__(
        self, method: str = "lora", *, base: Path | None = None, **hyperparameters: object
    ) -> Run: ...


def example(number: int) -> str:
    """Return an example as its line of a data file."""
    messages = [
        {"role": "user", "content": f"How many clips are {number} and {number % 7}?"},
        {"role": "assistant", "content": f"They are {number + number % 7}" + "." * (number % 5)},
    ]
    return json.dumps({"messages": messages}) + "\n"


@pytest.fixture(scope="session")
def make_run(tmp_path_factory: pytest.TempPathFactory, tiny_base: Path) -> MakeRun:
    """Make run folders with 41 examples to train on and 5 to evaluate on."""

    def make(method: str = "lora", *, base: Path | None = None, **hyperparameters: object) -> Run:
        run = Run(tmp_path_factory.mktemp("run"))
        run.home.mkdir()
        train, validation = run.folder / "train.jsonl", run.folder / "validation.jsonl"
        train.write_text("".join(map(example, range(41))))
        validation.write_text("".join(map(example, range(100, 105))))
        plan = {
            "job": "job_0000000001",
            "base_model": str(base or tiny_base),
            "method": method,
            "train": str(train),
            "validation": str(validation),
            "output": str(run.output),
            "hyperparameters": {"batch_size": 2, "epochs": 2, "save_every": 15} | hyperparameters,
            "seed": 11,
        }
        (run.folder / "plan.json").write_text(json.dumps(plan))
        return run

    return make


@pytest.fixture(scope="session")
def tokenizer(tiny_base: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of the tiny model, with its chat template."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base)
