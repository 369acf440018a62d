from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.training.batches import Collator
from engine.training.devices import Device
from engine.training.evaluation import Evaluations, Evaluator
from engine.training.examples import IGNORED, ExampleEncoder
from engine.training.progress import Evaluation, ProgressWriter
from engine.training.stopping import StopSignal

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerBase

MakeEvaluator = Callable[..., Evaluator]
ONE = Evaluation(1.0, math.e, 3)


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> LlamaForCausalLM:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_base).train()


@pytest.fixture(scope="module")
def rows(tokenizer: PreTrainedTokenizerBase) -> list[dict[str, list[int]]]:
    answers = ("24.", "She sold 24 clips in May.", "All day long", "?", "It rains, 日本語.")
    encoded = ExampleEncoder(tokenizer, 1000).encode([_line(answer) for answer in answers])
    return [{"input_ids": row.input_ids, "labels": row.labels} for row in encoded]


def _line(answer: str) -> str:
    turns = [{"role": "user", "content": "How many?"}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": turns})


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ProgressWriter]:
    opened = ProgressWriter(tmp_path / "progress.jsonl")
    yield opened
    opened.close()


@pytest.fixture
def evaluator(
    tmp_path: Path,
    writer: ProgressWriter,
    rows: list[dict[str, list[int]]],
    tokenizer: PreTrainedTokenizerBase,
    model: LlamaForCausalLM,
) -> MakeEvaluator:
    from datasets import Dataset

    def make(batch_size: int, stop: StopSignal | None = None) -> Evaluator:
        return Evaluator(
            examples=Dataset.from_list(rows),
            collate=Collator(tokenizer, model),
            batch_size=batch_size,
            every=10,
            total_steps=25,
            device=Device("cpu", bf16=False),
            evaluations=Evaluations(tmp_path / "evaluations.json"),
            writer=writer,
            stop=stop or StopSignal(),
        )

    return make


def naive_loss(model: LlamaForCausalLM, rows: list[dict[str, list[int]]]) -> float:
    """The mean over all learned tokens, one row after the other, from all logits."""
    import torch

    losses: list[float] = []
    for row in rows:
        logits = model(torch.tensor([row["input_ids"]])).logits[0].log_softmax(-1)
        labelled = enumerate(row["labels"])
        losses += [-logits[at - 1, label].item() for at, label in labelled if label != IGNORED]
    return sum(losses) / len(losses)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_the_loss_is_the_mean_over_all_learned_tokens_whatever_the_batches(
    evaluator: MakeEvaluator,
    model: LlamaForCausalLM,
    rows: list[dict[str, list[int]]],
    batch_size: int,
    tmp_path: Path,
) -> None:
    chosen = evaluator(batch_size)
    assert chosen.evaluate(model, 10)
    found = chosen.evaluations.at(10)
    assert found is not None
    assert found.loss == pytest.approx(naive_loss(model, rows), rel=1e-5)
    assert found.perplexity == pytest.approx(math.exp(found.loss))
    assert found.examples == 5
    told = json.loads((tmp_path / "progress.jsonl").read_text())
    assert told["values"] == {
        "eval_loss": found.loss,
        "eval_perplexity": found.perplexity,
        "eval_accuracy": found.accuracy,
    }
    assert told["step"] == 10


def test_evaluating_draws_no_random_number_and_leaves_the_model_training(
    evaluator: MakeEvaluator, model: LlamaForCausalLM
) -> None:
    import torch

    before = torch.get_rng_state()
    evaluator(2).evaluate(model, 10)
    assert torch.equal(torch.get_rng_state(), before)
    assert model.training


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_the_accuracy_is_the_part_of_learned_tokens_that_are_the_likeliest(
    evaluator: MakeEvaluator,
    model: LlamaForCausalLM,
    rows: list[dict[str, list[int]]],
    batch_size: int,
) -> None:
    from datasets import Dataset

    likeliest = [_with_likeliest(model, row) for row in rows]
    chosen = replace(evaluator(batch_size), examples=Dataset.from_list(likeliest))
    assert chosen.evaluate(model, 10)
    found = chosen.evaluations.at(10)
    learned = sum(label != IGNORED for row in rows for label in row["labels"][1:])
    assert found is not None
    assert found.accuracy == pytest.approx((learned - 5) / learned)


def _with_likeliest(model: LlamaForCausalLM, row: dict[str, list[int]]) -> dict[str, list[int]]:
    """Let every learned token but the row's last be the one that the model finds likeliest."""
    import torch

    guessed = model(torch.tensor([row["input_ids"]])).logits[0].argmax(-1).tolist()
    labels = [
        label if label == IGNORED else guessed[at - 1] for at, label in enumerate(row["labels"])
    ]
    labels[-1] = (labels[-1] + 1) % 400
    return {"input_ids": row["input_ids"], "labels": labels}


def test_a_request_to_stop_breaks_it_off(
    evaluator: MakeEvaluator, model: LlamaForCausalLM, tmp_path: Path
) -> None:
    stop = StopSignal()
    stop.requested = True
    chosen = evaluator(2, stop)
    assert not chosen.evaluate(model, 10)
    assert chosen.is_due(10)
    assert (tmp_path / "progress.jsonl").read_text() == ""


def test_it_is_due_at_every_so_many_steps_and_at_the_last_but_once(
    evaluator: MakeEvaluator,
) -> None:
    chosen = evaluator(2)
    assert [step for step in range(30) if chosen.is_due(step)] == [0, 10, 20, 25]
    chosen.evaluations.put(10, ONE)
    assert not chosen.is_due(10)


def test_every_attempt_knows_the_evaluations_of_those_before(tmp_path: Path) -> None:
    file = tmp_path / "evaluations.json"
    Evaluations(file).put(0, ONE)
    later = Evaluations(file)
    later.put(10, Evaluation(math.nan, math.nan, 3))
    assert Evaluations(file).at(0) == ONE
    assert math.isnan(getattr(Evaluations(file).at(10), "loss", 0))
    later.forget_after(5)
    assert Evaluations(file).at(10) is None
    assert Evaluations(file).at(0) == ONE


def _put(evaluations: Evaluations, losses: dict[int, float]) -> None:
    for step, loss in losses.items():
        evaluations.put(step, Evaluation(loss, math.exp(loss), 3, 0.5))


def test_the_best_one_is_the_first_with_the_lowest_loss_and_never_the_base_model(
    tmp_path: Path,
) -> None:
    evaluations = Evaluations(tmp_path / "evaluations.json")
    assert evaluations.best() is None
    _put(evaluations, {0: 0.5, 10: math.nan, 20: 0.9, 30: 0.7, 40: 0.7, 50: 0.8})
    assert evaluations.best() == 30
    assert evaluations.without_gain() == 2
    evaluations.forget_after(20)
    assert (evaluations.best(), evaluations.without_gain()) == (20, 0)


def test_patience_ends_after_so_many_evaluations_without_gain(evaluator: MakeEvaluator) -> None:
    endless = evaluator(2)
    _put(endless.evaluations, {10: 0.9, 20: 0.9})
    assert not endless.is_exhausted()
    assert replace(endless, patience=1).is_exhausted()
    assert not replace(endless, patience=2).is_exhausted()
