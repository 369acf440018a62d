"""One model, its references read by this machine's own server and by a service that has it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.evaluation.outcome import Outcome
from engine.evaluation.plan import EvaluationWish
from engine.evaluation.planning import plan
from engine.evaluation.run import evaluate
from engine.lab import Lab
from store.queries.evaluations import likelihoods_of
from tests.engine.evaluation.conftest import Sums
from tests.engine.evaluation.test_hosted_references import MODEL, vllm
from tests.standin.prompts import SentToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.standin.calls import Json
    from tests.standin.standin import Standin

__all__ = ["vllm"]

pytestmark = pytest.mark.slow


def reader(folder: Path) -> Callable[[Json], list[SentToken]]:
    """Return what reads prompts as vLLM does, with transformers in its place."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder)

    @cache
    def told(text: str) -> list[SentToken]:
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            scores = network(input_ids=ids).logits[0].float().log_softmax(dim=-1)
        found = [SentToken(int(ids[0, 0]), "", 0.0, 0)]
        for place in range(1, ids.shape[1]):
            token, at = int(ids[0, place]), scores[place - 1]
            rank = int((at >= at[token]).sum())
            found.append(SentToken(token, tokenizer.decode([token]), at[token].item(), rank))
        return found

    def read(asked: Json) -> list[SentToken]:
        prompting = asked.get("add_generation_prompt", True)
        return told(
            tokenizer.apply_chat_template(
                asked["messages"], tokenize=False, add_generation_prompt=prompting
            )
        )

    return read


def test_both_ways_say_the_same(vllm: Lab, standin: Standin, sums: Sums, tiny_base: Path) -> None:
    suite = sums(4, "perplexity")
    standin.behaviour.prompt_reader = reader(tiny_base)
    wish = EvaluationWish(max_tokens=1)
    here, there = (
        plan(vllm, suite.id, model, wish, provider)
        for model, provider in ((str(tiny_base), None), (MODEL, "vllm"))
    )
    for outcome in evaluate(vllm, [here, there], patience=0):
        assert isinstance(outcome, Outcome)
        assert outcome.stopped is None
    own, hosted = (likelihoods_of(vllm.database.reader, each.subject) for each in (here, there))
    assert own.keys() == hosted.keys()
    assert len(own) == 4
    for place, row in own.items():
        assert hosted[place].tokens == row.tokens
        assert hosted[place].likeliest == row.likeliest
        assert hosted[place].loss == pytest.approx(row.loss, abs=1e-4)
