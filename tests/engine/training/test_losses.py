from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.training.batches import collator
from engine.training.losses import loss_for, loss_of_targets
from engine.training.models import load_encoder

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedModel


@pytest.fixture(scope="module")
def model(tiny_t5: Path) -> PreTrainedModel:
    from transformers import AutoModelForSeq2SeqLM

    return AutoModelForSeq2SeqLM.from_pretrained(tiny_t5).eval()


@pytest.fixture(scope="module")
def batches(tiny_t5: Path, model: PreTrainedModel) -> list[dict[str, Any]]:
    """Three examples in two batches."""
    tokenizer, encoder = load_encoder(str(tiny_t5), 100)
    answers = ["4.", "one hundred and four", "It is 12, of course."]
    lines = [
        json.dumps({"messages": [{"role": "user", "content": "?"}, _said(answer)]})
        for answer in answers
    ]
    rows = [{"input_ids": row.input_ids, "labels": row.labels} for row in encoder.encode(lines)]
    collate = collator(tokenizer, model)
    return [collate(rows[:2]), collate(rows[2:])]


def _said(answer: str) -> dict[str, str]:
    return {"role": "assistant", "content": answer}


def test_a_batch_alone_has_the_loss_that_the_model_gives_it(
    model: PreTrainedModel, batches: list[dict[str, Any]]
) -> None:
    import torch

    found = model(**batches[0])
    torch.testing.assert_close(loss_of_targets(found, batches[0]["labels"]), found.loss)


def test_a_token_counts_the_same_whichever_batch_of_a_step_it_is_in(
    model: PreTrainedModel, batches: list[dict[str, Any]]
) -> None:
    import torch

    counts = [int((batch["labels"] >= 0).sum()) for batch in batches]
    parts = [loss_of_targets(model(**batch), batch["labels"], sum(counts)) for batch in batches]
    means = [model(**batch).loss * count for batch, count in zip(batches, counts, strict=True)]
    torch.testing.assert_close(sum(parts), sum(means) / sum(counts))


def test_causal_models_compute_their_own(model: PreTrainedModel, tiny_base: Path) -> None:
    from transformers import AutoModelForCausalLM

    assert loss_for(AutoModelForCausalLM.from_pretrained(tiny_base)) is None
    assert loss_for(model) is loss_of_targets
