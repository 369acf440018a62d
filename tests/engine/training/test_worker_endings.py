"""One run that ends in every way that a run can end, and goes on each time.

It is compared with one that nothing happened to: full fine-tuning and LoRA, of causal and of
encoder-decoder models, with two batches a step. A pass takes 11 steps.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import engine
from engine.training import checkpoints
from tests.engine.training.conftest import MakeRun, Run

pytestmark = pytest.mark.slow

_SOURCES = Path(engine.__file__).parents[1]
_WARM = Path(__file__).parent / "children" / "warm.py"
_STEPS = 22
_EXACT = ("loss", "grad_norm", "learning_rate", "epoch")
_SETTINGS = {"gradient_accumulation": 2, "save_every": 2}

Fault = tuple[str, int, str]


@dataclass(frozen=True)
class Ending:
    """How an attempt ends.

    Attributes:
        faults: what happens to it, and when.
        status: its exit status.
        checkpoints: the steps from one of which the next one goes on.
    """

    faults: tuple[Fault, ...]
    status: int
    checkpoints: tuple[int, ...]


_ENDINGS = [
    # Asked to end while it tells of a step, it ends with this one or the next.
    Ending((("metrics", 3, "SIGTERM"),), 0, (3, 4)),
    # As Ctrl-C does it.
    Ending((("metrics", 5, "SIGINT"),), 0, (5, 6)),
    # As a terminal that is closed does it.
    Ending((("metrics", 8, "SIGHUP"),), -signal.SIGHUP, (6,)),
    # After the end of the first pass.
    Ending((("save", 14, "FULL DISK"), ("metrics", 16, "SIGKILL")), -signal.SIGKILL, (12,)),
    # The checkpoint of step 18 is all there, but nobody has made sure of it.
    Ending((("seal", 18, "SIGKILL"),), -signal.SIGKILL, (16,)),
    # The result is in its place.
    Ending((("finished", _STEPS, "SIGKILL"),), -signal.SIGKILL, (_STEPS,)),
    Ending((), 0, (_STEPS,)),
]


class Warm:
    """What starts training processes that need not load anything first."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def train(self, run: Run, from_step: int = 0, faults: tuple[Fault, ...] = ()) -> int:
        """Make an attempt and return its exit status."""
        arguments = [str(run.folder), "--resume-step", str(from_step)]
        request = {"arguments": arguments, "faults": faults, "said": str(run.folder / "said.txt")}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    environment = os.environ | {
        "PYTHONPATH": str(_SOURCES),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "HOME": str(tmp_path_factory.mktemp("home")),
    }
    with subprocess.Popen(
        [sys.executable, str(_WARM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    ) as process:
        yield Warm(process)


@pytest.mark.parametrize("kind", ["causal", "encoder-decoder"])
@pytest.mark.parametrize("method", ["full", "lora"])
def test_however_a_run_is_ended_it_goes_on_as_if_nothing_had_been(
    method: str, kind: str, warm: Warm, make_run: MakeRun, tiny_base: Path, tiny_t5: Path
) -> None:
    base = tiny_t5 if kind == "encoder-decoder" else tiny_base
    settings = _SETTINGS | ({"lora_dropout": 0.1} if method == "lora" else {})
    whole, broken = (make_run(method, base=base, **settings) for _ in range(2))
    assert warm.train(whole) == 0, whole.said
    step = 0
    for ending in _ENDINGS:
        assert warm.train(broken, step, ending.faults) == ending.status, broken.said
        step = checkpoints.latest_complete(broken.folder) or 0
        assert step in ending.checkpoints

    # Also what was told of the steps that were made twice, after the last whole checkpoint.
    expected = dict(_told(whole))
    told = _told(broken)
    assert [step for step, _ in told].count(13) == 2
    assert dict(told).keys() == expected.keys() == set(range(1, _STEPS + 1))
    assert [(step, figures) for step, figures in told if figures != expected[step]] == []
    assert _hashes(broken) == _hashes(whole)
    assert _evaluation(broken) == _evaluation(whole)


def _told(run: Run) -> list[tuple[int, list[float]]]:
    return [
        (line["step"], [line["values"][name] for name in _EXACT])
        for line in run.lines("metrics")
        if "loss" in line["values"]
    ]


def _hashes(run: Run) -> dict[str, str]:
    """Return the SHA-256 of each tensor of the result."""
    from safetensors.torch import load_file

    (file,) = run.output.glob("*.safetensors")
    return {
        name: hashlib.sha256(tensor.numpy().tobytes()).hexdigest()
        for name, tensor in load_file(file).items()
    }


def _evaluation(run: Run) -> object:
    (line,) = run.lines("finished")
    return line["evaluation"]
