"""Settings of the real process that change how it trains, saves and ends; each is exact."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from engine.training import checkpoints

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from tests.engine.training.conftest import MakeRun, Run

_EXACT = ("loss", "grad_norm", "learning_rate", "epoch")


@dataclass(frozen=True)
class Twins:
    """Two runs of one plan: one uninterrupted, one killed before it told of a step and resumed."""

    whole: Run
    broken: Run
    from_step: int


@dataclass(frozen=True)
class Case:
    """Settings, the steps of an epoch, and the one at which the kernel kills the process."""

    method: str
    killed_at: int
    settings: dict[str, Any]
    epoch: int = 21
    from_adapter: bool = False


_CASES = {
    # It is killed in the middle of the second epoch.
    "saving memory": Case(
        "full",
        18,
        {
            "gradient_checkpointing": True,
            "group_by_length": True,
            "gradient_accumulation": 2,
            "scheduler": "polynomial",
        },
        epoch=11,
    ),
    # Three of the examples share a row.
    "packing, from an adapter": Case(
        "lora",
        10,
        {"packing": True, "max_length": 96, "lora_dropout": 0.1, "save_every": 2},
        epoch=7,
        from_adapter=True,
    ),
    # It goes on from the checkpoint at the very end of an epoch.
    "from an epoch's end": Case(
        "lora",
        24,
        {
            "gradient_checkpointing": True,
            "group_by_length": True,
            "scheduler": "inverse_sqrt",
            "lora_dropout": 0.1,
            "save_every": 1000,
        },
    ),
    # The rate is far too high, so that the loss soon rises.
    "choosing": Case(
        "full",
        15,
        {
            "learning_rate": 0.03,
            "keep_best": True,
            "early_stopping": 4,
            "evaluate_every": 3,
            "keep_checkpoints": 1,
            "epochs": 20,
            "save_every": 4,
        },
    ),
}


@pytest.fixture(scope="module", params=_CASES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def case(name: str) -> Case:
    return _CASES[name]


@pytest.fixture(scope="module")
def twins(name: str, trained: Callable[[str], Twins]) -> Twins:
    return trained(name)


@pytest.fixture(scope="module")
def trained(make_run: MakeRun, tiny_adapter: Path) -> Callable[[str], Twins]:
    """Train the twins of a case, once."""

    @cache
    def train(name: str) -> Twins:
        case = _CASES[name]
        whole, broken = (make_run(case.method, **case.settings) for _ in range(2))
        if case.from_adapter:
            for run in (whole, broken):
                go_on_from(tiny_adapter, run)
        uninterrupted, first = whole.fork(), broken.start_to_die("metrics", case.killed_at)
        assert whole.ended(uninterrupted) == 0, whole.said
        assert broken.ended(first) == -signal.SIGKILL, broken.said
        step = checkpoints.latest_complete(broken.folder)
        assert step is not None
        assert broken.ended(broken.fork("--resume-step", str(step))) == 0, broken.said
        return Twins(whole, broken, step)

    return train


def go_on_from(adapter: Path, run: Run) -> None:
    plan = run.folder / "plan.json"
    plan.write_text(json.dumps(json.loads(plan.read_text()) | {"adapter": str(adapter)}))


def test_a_killed_run_goes_on_to_the_very_same_steps(twins: Twins, case: Case) -> None:
    assert 0 < twins.from_step < case.killed_at
    assert _figures(twins.broken) == _figures(twins.whole)


def _figures(run: Run) -> dict[int, list[float]]:
    return {step: [values[name] for name in _EXACT] for step, values in run.trained().items()}


def test_a_killed_run_ends_with_the_very_same_weights_and_evaluations(twins: Twins) -> None:
    import torch

    expected, found = (weights(run.output) for run in (twins.whole, twins.broken))
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert _end(twins.broken) == _end(twins.whole)


def _end(run: Run) -> tuple[object, object]:
    line = run.lines("finished")[-1]
    return line["step"], line["evaluation"]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return {
        name: tensor
        for file in folder.glob("*.safetensors")
        for name, tensor in load_file(file).items()
    }


def test_the_end_of_an_epoch_has_a_checkpoint(twins: Twins, case: Case) -> None:
    saved = [line["step"] for line in twins.whole.lines("checkpoint")]
    last = max(twins.whole.trained())
    assert set(range(case.epoch, last + 1, case.epoch)) <= set(saved)


def test_training_ends_when_the_evaluations_show_no_gain_and_gives_the_best_model(
    trained: Callable[[str], Twins],
) -> None:
    run = trained("choosing").whole
    losses = {
        line["step"]: line["values"]["eval_loss"]
        for line in run.lines("metrics")
        if "eval_loss" in line["values"] and line["step"]
    }
    best = min(losses, key=lambda step: losses[step])
    last = max(run.trained())
    assert last == best + 4 * 3
    assert last < run.lines("started")[0]["total_steps"]
    assert run.lines("finished")[0]["evaluation"]["after"]["loss"] == losses[best]
    early, chosen = _said(run)
    assert early == (
        f"training ended early, after step {last} of 420: the last 4 evaluations were no better "
        "than an earlier one"
    )
    assert chosen == f"the model is the one of step {best}, whose evaluation was the best"
    kept = {path.name for path in (run.folder / "checkpoints").iterdir()}
    assert kept == {f"checkpoint-{best}", f"checkpoint-{last}"}


def _said(run: Run) -> list[str]:
    return [line["text"] for line in run.lines("message")]
