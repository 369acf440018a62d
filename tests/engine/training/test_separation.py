from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.training import separation
from engine.training.batches import PackedCollator, collator
from engine.training.examples import IGNORED
from engine.training.models import ModelError
from engine.training.packing import joined

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SIZES: dict[str, Any] = {
    "vocab_size": 100,
    "hidden_size": 32,
    "n_embd": 32,
    "word_embed_proj_dim": 32,
    "num_hidden_layers": 2,
    "n_layer": 2,
    "num_attention_heads": 4,
    "n_head": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "intermediate_size": 64,
    "ffn_dim": 64,
    "state_size": 8,
    "max_position_embeddings": 64,
    "n_positions": 64,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}


def made(kind: str, **settings: object) -> PreTrainedModel:
    """Make a small model of random weights of a kind."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    known = AutoConfig.for_model(kind)
    sizes = {name: value for name, value in SIZES.items() if hasattr(known, name)}
    torch.manual_seed(4)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **sizes | settings))


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gpt2", "gemma2", "mixtral"])
def test_models_that_heed_positions_keep_packed_examples_apart(kind: str) -> None:
    import torch

    separation.check(made(kind))
    separation.check(made(kind).to(torch.bfloat16))


# Positions that go on, biases by distance, and a state that is carried along the row.
@pytest.mark.parametrize("kind", ["opt", "bloom", "mamba"])
def test_models_that_do_not_are_refused(kind: str) -> None:
    with pytest.raises(ModelError) as refused:
        separation.check(made(kind))
    assert str(refused.value) == (
        f"a model of the kind {kind} would let packed examples see each other: train without "
        "packing, with group_by_length (--group-by-length) instead"
    )


EXAMPLES = [
    {"input_ids": ids, "labels": [IGNORED] * prompt + ids[prompt:]}
    for prompt, ids in [(2, [9, 8, 7, 6]), (0, [11, 12]), (3, list(range(30, 41))), (1, [5, 5, 5])]
]
ROWS = [joined(EXAMPLES[:2]), joined(EXAMPLES[2:])]


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_packed_examples_teach_what_they_teach_alone(
    kind: str, tokenizer: PreTrainedTokenizerBase
) -> None:
    import torch

    model = made(kind).eval()
    gradients = []
    # The mean over all learned tokens: 2 + 1 + 8 + 2, the first of a text never being one.
    for batch in (collator(tokenizer, model)(EXAMPLES), PackedCollator(tokenizer, model)(ROWS)):
        model.zero_grad()
        model(**batch, num_items_in_batch=13).loss.backward()
        gradients.append([weight.grad.clone() for weight in model.parameters()])
    torch.testing.assert_close(gradients[1], gradients[0])


def test_packed_examples_get_the_logits_that_they_get_alone(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    import torch

    model = made("llama").eval()
    batch = PackedCollator(tokenizer, model)(ROWS) | {"logits_to_keep": 0, "labels": None}
    logits = model(**batch).logits
    for row, start, example in [(0, 0, 0), (0, 4, 1), (1, 0, 2), (1, 11, 3)]:
        ids = EXAMPLES[example]["input_ids"]
        alone = model(input_ids=torch.tensor([ids])).logits[0]
        torch.testing.assert_close(logits[row, start : start + len(ids)], alone)
