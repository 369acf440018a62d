from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.training.batches import Collator
from engine.training.examples import IGNORED

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import LlamaForCausalLM, PreTrainedTokenizerBase


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> LlamaForCausalLM:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_base)


def row(prompt: int, answer: int, first: int = 20) -> dict[str, list[int]]:
    ids = list(range(first, first + prompt + answer))
    return {"input_ids": ids, "labels": [IGNORED] * prompt + ids[prompt:]}


ROWS = [row(9, 3), row(6, 8), row(7, 1, first=70)]


def padded_plainly(tokenizer: PreTrainedTokenizerBase, rows: list[Any]) -> dict[str, Any]:
    from transformers import DataCollatorForSeq2Seq

    return dict(DataCollatorForSeq2Seq(tokenizer)(rows))


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], [row(0, 5)], [row(1, 5)]])
def test_the_loss_is_the_same_as_with_all_logits(
    tokenizer: PreTrainedTokenizerBase, model: LlamaForCausalLM, rows: list[Any]
) -> None:
    import torch

    trimmed = model(**Collator(tokenizer, model)(rows)).loss
    torch.testing.assert_close(trimmed, model(**padded_plainly(tokenizer, rows)).loss)


def test_the_logits_of_what_all_rows_ask_are_spared(
    tokenizer: PreTrainedTokenizerBase, model: LlamaForCausalLM
) -> None:
    batch = Collator(tokenizer, model)(ROWS)
    # 14 tokens the longest; the first answer of all begins at 6, foretold by the token before it.
    assert batch["input_ids"].shape == (3, 14)
    assert model(**batch).logits.shape[:2] == batch["labels"].shape == (3, 9)


def test_a_model_that_knows_no_such_thing_gets_plain_batches(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    import torch

    class Plain(torch.nn.Module):
        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            return input_ids

    batch = Collator(tokenizer, Plain())(ROWS)
    plain = padded_plainly(tokenizer, ROWS)
    assert batch.keys() == plain.keys()
    assert torch.equal(batch["labels"], plain["labels"])
