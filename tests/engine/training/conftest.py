"""Run folders to train in, and the real training process in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import engine
from engine.training import layout
from engine.training.durable import write_whole
from engine.training.plan import TrainingPlan

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_SOURCES = Path(engine.__file__).parents[1]
_SECONDS = 120
_DIE = Path(__file__).parent / "children" / "train_and_die.py"

Line = dict[str, Any]
Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Run:
    """A run folder, and what the process in it does."""

    folder: Path

    @property
    def output(self) -> Path:
        return self.folder.parent / f"{self.folder.name}-model"

    def start(self, *options: str) -> Process:
        """Start the training process."""
        return self._spawn(["-m", "engine.training.worker", str(self.folder), *options])

    def start_to_die(self, kind: str, step: int, *options: str) -> Process:
        """Start one that is killed just before it would write a line of this kind and step."""
        return self._spawn([str(_DIE), kind, str(step), str(self.folder), *options])

    def _spawn(self, arguments: list[str]) -> Process:
        environment = os.environ | {"PYTHONPATH": str(_SOURCES), "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
        )

    def lines(self, kind: str | None = None) -> list[Line]:
        """Return what was written to the progress file so far."""
        file = self.folder / layout.PROGRESS
        if not file.exists():
            return []
        whole = file.read_text().rpartition("\n")[0].splitlines()
        found = [json.loads(line) for line in whole]
        return [line for line in found if kind in {None, line["kind"]}]

    def trained_steps(self) -> dict[int, dict[str, float]]:
        """Return the values told of each step while training; the last word counts."""
        told: dict[int, dict[str, float]] = {}
        for line in self.lines("metrics"):
            if "loss" in line["values"]:
                told[line["step"]] = line["values"]
        return told

    def wait_for(self, condition: Callable[[], object], process: Process) -> None:
        """Wait until something is so; it must come about while the process lives."""
        deadline = time.monotonic() + _SECONDS
        while not condition():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def ended(self, process: Process) -> tuple[int, str]:
        """Wait for a process to end; return its exit status and what it said."""
        _, said = process.communicate(timeout=_SECONDS)
        return process.returncode, said


@pytest.fixture(scope="session")
def conversations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty short examples as canonical JSONL."""
    file = tmp_path_factory.mktemp("examples") / "train.jsonl"
    file.write_text("".join(_example(number) for number in range(40)))
    return file


@pytest.fixture(scope="session")
def held_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five examples to evaluate on."""
    file = tmp_path_factory.mktemp("examples") / "validation.jsonl"
    file.write_text("".join(_example(number) for number in range(100, 105)))
    return file


def _example(number: int) -> str:
    messages = [
        {"role": "user", "content": f"How many clips are {number} and {number % 7}?"},
        {"role": "assistant", "content": f"They are {number + number % 7} clips" + "." * (number % 5)},
    ]
    return json.dumps({"messages": messages}) + "\n"


MakeRun = Callable[..., Run]


@pytest.fixture(scope="session")
def make_run(
    tmp_path_factory: pytest.TempPathFactory, tiny_base: Path, conversations: Path, held_out: Path
) -> MakeRun:
    """Make a run folder with a plan in it: `make_run(method="lora", base=None, **settings)`."""

    def make(method: str = "lora", base: Path | None = None, **chosen: object) -> Run:
        run = Run(tmp_path_factory.mktemp("run"))
        settings = {"batch_size": 2, "epochs": 2, "save_every": 15, **chosen}
        plan = TrainingPlan.model_validate(
            {
                "job": "job_0000000001",
                "base_model": str(base or tiny_base),
                "method": method,
                "train": conversations,
                "validation": held_out,
                "output": run.output,
                "hyperparameters": settings,
                "seed": 11,
            }
        )
        write_whole(run.folder / layout.PLAN, plan.model_dump_json())
        return run

    return make


@pytest.fixture(scope="session")
def tokenizer(tiny_base: Path) -> Iterator[PreTrainedTokenizerBase]:
    """The tokenizer of the tiny model, with its chat template."""
    from transformers import AutoTokenizer

    yield AutoTokenizer.from_pretrained(tiny_base)
