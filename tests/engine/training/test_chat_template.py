from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.training.chat_template import FALLBACK_CHAT_TEMPLATE, ensure_chat_template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How many clips?"},
    {"role": "assistant", "content": " 24 clips in May.\n"},
    {"role": "user", "content": "And in June?"},
    {"role": "assistant", "content": "72."},
]


@pytest.fixture(scope="module")
def tokenizer(tiny_plain: Path) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(tiny_plain)
    ensure_chat_template(loaded)
    return loaded


def test_the_fallback_reads_as_plain_words(tokenizer: PreTrainedTokenizerBase) -> None:
    text = tokenizer.apply_chat_template(CONVERSATION, tokenize=False)
    assert text == (
        "### System:\nBe brief.\n\n### User:\nHow many clips?\n\n"
        "### Assistant:\n24 clips in May.<|end|>\n\n### User:\nAnd in June?\n\n"
        "### Assistant:\n72.<|end|>"
    )


@pytest.mark.parametrize("answer", [2, 4])
def test_what_the_model_is_asked_with_is_how_its_training_began(
    tokenizer: PreTrainedTokenizerBase, answer: int
) -> None:
    whole = tokenizer.apply_chat_template(CONVERSATION, return_dict=True)["input_ids"]
    prompt = tokenizer.apply_chat_template(
        CONVERSATION[:answer], add_generation_prompt=True, return_dict=True
    )["input_ids"]
    assert whole[: len(prompt)] == prompt


def test_the_mask_holds_the_assistants_words_and_their_end_alone(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    encoded = tokenizer.apply_chat_template(
        CONVERSATION, return_dict=True, return_assistant_tokens_mask=True
    )
    pairs = zip(encoded["input_ids"], encoded["assistant_masks"], strict=True)
    learned = tokenizer.decode([token for token, mask in pairs if mask])
    assert learned == "24 clips in May.<|end|>72.<|end|>"


def test_a_model_of_its_own_template_keeps_it(tiny_base: Path) -> None:
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(tiny_base)
    ensure_chat_template(loaded)
    assert loaded.chat_template != FALLBACK_CHAT_TEMPLATE
