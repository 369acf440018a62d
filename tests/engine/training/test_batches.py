from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.training.batches import Collator, PackedCollator, tokens_in
from engine.training.examples import IGNORED
from engine.training.packing import joined

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerBase


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> LlamaForCausalLM:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_base)


def row(prompt: int, answer: int, first: int = 20) -> dict[str, list[int]]:
    ids = list(range(first, first + prompt + answer))
    return {"input_ids": ids, "labels": [IGNORED] * prompt + ids[prompt:]}


def plain_model() -> torch.nn.Module:
    """Return a model that takes nothing but tokens."""
    import torch

    class Plain(torch.nn.Module):
        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            return input_ids

    return Plain()


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

    batch = Collator(tokenizer, plain_model())(ROWS)
    plain = padded_plainly(tokenizer, ROWS)
    assert batch.keys() == plain.keys()
    assert torch.equal(batch["labels"], plain["labels"])


def test_packed_rows_are_padded_with_what_is_no_part_of_an_example(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    rows = [joined([row(2, 3), row(1, 2)]), joined([row(0, 2)])]
    batch = PackedCollator(tokenizer, plain_model())(rows)
    assert "attention_mask" not in batch
    assert batch["position_ids"].tolist() == [[0, 1, 2, 3, 4, 0, 1, 2], [0, 1, 0, 0, 0, 0, 0, 0]]
    assert batch["labels"][1].tolist() == [IGNORED, 21, *[IGNORED] * 6]
    assert batch["input_ids"][1, 2:].tolist() == [tokenizer.pad_token_id] * 6


def test_of_packed_rows_too_the_logits_of_what_is_asked_are_spared(
    tokenizer: PreTrainedTokenizerBase, model: LlamaForCausalLM
) -> None:
    import torch

    rows = [joined([row(2, 3), row(1, 2)]), joined([row(4, 2), row(1, 1)])]
    batch = PackedCollator(tokenizer, model)(rows)
    # Learned are 2, 3, 4, 6, 7 and 4, 5, 7; the last logits foretell nothing.
    assert batch["logits_to_keep"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert model(**batch).logits.shape[:2] == batch["labels"].shape == (2, 7)
    whole = PackedCollator(tokenizer, plain_model())(rows)
    torch.testing.assert_close(model(**batch).loss, model(**whole).loss)


def test_a_packed_row_with_nothing_to_learn_can_be_run(
    tokenizer: PreTrainedTokenizerBase, model: LlamaForCausalLM
) -> None:
    filler = {"input_ids": [5], "labels": [IGNORED], "position_ids": [0]}
    batch = PackedCollator(tokenizer, model)([filler])
    assert model(**batch, num_items_in_batch=4).loss.item() == 0
    assert tokens_in(batch) == 0


def test_padding_is_not_counted_as_read(
    tokenizer: PreTrainedTokenizerBase, model: LlamaForCausalLM
) -> None:
    examples = [row(2, 3), row(1, 2), row(0, 2)]
    assert tokens_in(Collator(tokenizer, model)(examples)) == 10
    packed = PackedCollator(tokenizer, model)([joined(examples[:2]), joined(examples[2:])])
    assert tokens_in(packed) == 10
