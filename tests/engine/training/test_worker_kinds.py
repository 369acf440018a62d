"""The real process on other kinds of models: a killed run goes on as if nothing had been.

An encoder-decoder model, and one that is made for the job.
"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.training import checkpoints

if TYPE_CHECKING:
    import torch

    from tests.engine.training.conftest import MakeRun, Run

_EXACT = ("loss", "grad_norm", "learning_rate", "epoch")
Twins = tuple["Run", "Run"]


_PLANS: dict[str, tuple[str, dict[str, object]]] = {
    # A pass takes 11 steps: 15, from which it goes on, lies in the second one.
    "t5-lora": ("lora", {"lora_dropout": 0.1, "gradient_accumulation": 2}),
    # A pass takes 21 steps: 15 lies in the first one, and training ends in the second.
    "tiny-t5": ("full", {"max_steps": 25, "learning_rate": 1e-3}),
}


@pytest.fixture(scope="module", params=_PLANS)
def twins(request: pytest.FixtureRequest, make_run: MakeRun, tiny_t5: Path) -> Twins:
    """Two runs of one plan: one uninterrupted, one killed at step 18 and resumed from 15."""
    kind = request.param
    method, settings = _PLANS[kind]
    base = Path("tiny-t5") if kind == "tiny-t5" else tiny_t5
    whole, broken = (make_run(method, base=base, **settings) for _ in range(2))
    uninterrupted, killed = whole.fork(), broken.start_to_die("metrics", 18)
    assert whole.ended(uninterrupted) == 0, whole.said
    assert broken.ended(killed) == -signal.SIGKILL, broken.said
    assert checkpoints.latest_complete(broken.folder) == 15
    assert broken.ended(broken.fork("--resume-step", "15")) == 0, broken.said
    return whole, broken


def test_a_killed_run_goes_on_to_the_very_same_steps(twins: Twins) -> None:
    whole, broken = map(_figures, twins)
    assert len(whole) > 18
    assert broken == whole


def _figures(run: Run) -> dict[int, list[float]]:
    return {step: [values[name] for name in _EXACT] for step, values in run.trained().items()}


def test_a_killed_run_ends_with_the_very_same_weights(twins: Twins) -> None:
    import torch

    expected, found = map(_weights, twins)
    assert expected
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def _weights(run: Run) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    (file,) = run.output.glob("*.safetensors")
    return load_file(file)


def test_the_loss_is_that_of_a_token_however_many_batches_make_a_step(twins: Twins) -> None:
    first = twins[0].trained()[1]["loss"]
    before = twins[0].lines("finished")[0]["evaluation"]["before"]["loss"]
    assert first == pytest.approx(before, rel=0.25)


def test_it_learns_and_is_asked_as_it_was_trained(twins: Twins) -> None:
    from transformers import AutoTokenizer

    evaluation = twins[0].lines("finished")[0]["evaluation"]
    assert evaluation["after"]["loss"] < evaluation["before"]["loss"]
    tokenizer = AutoTokenizer.from_pretrained(twins[1].output)
    asked = [{"role": "user", "content": "How many?"}]
    written = tokenizer.apply_chat_template(asked, tokenize=False)
    assert written in ("How many?", "<|user|>How many?<|end|>")
