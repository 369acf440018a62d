"""From a conversation to token ids and labels: only the assistant's words are learned.

The whole conversation is rendered by the model's chat template and tokenized once; the labels come
from the characters of the assistant's turns, so that no token depends on where a turn is cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100
"""The label of a token that is not learned, as torch's cross entropy has it."""

Messages = list[dict[str, Any]]
Span = tuple[int, int]


class TemplateError(Exception):
    """A chat template that does not show where the assistant's words are."""


@dataclass(slots=True)
class Tally:
    """What became of the examples: `truncated` ones lost their end, `empty` ones have nothing left
    to learn and were left out.
    """

    examples: int = 0
    truncated: int = 0
    empty: int = 0


def encode(
    messages: Messages, tokenizer: PreTrainedTokenizerBase, max_length: int
) -> tuple[list[int], list[int], bool]:
    """Return token ids, labels (`IGNORED` where nothing is learned), and whether it was truncated.

    Args:
        messages: a conversation.
        tokenizer: a fast tokenizer with a chat template.
        max_length: tokens to keep.

    Raises:
        TemplateError: if the template rewrites earlier turns, so that the answers are not found.
    """
    text: str = tokenizer.apply_chat_template(messages, tokenize=False)
    spans = list(_assistant_spans(messages, tokenizer, text))
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids: list[int] = encoded["input_ids"]
    labels = [
        token if _within(offset, spans) else IGNORED
        for token, offset in zip(ids, encoded["offset_mapping"], strict=True)
    ]
    return ids[:max_length], labels[:max_length], len(ids) > max_length


def _assistant_spans(
    messages: Messages, tokenizer: PreTrainedTokenizerBase, text: str
) -> Iterator[Span]:
    """Yield where each assistant's turn lies in the text, its end-of-turn token included."""
    for place, message in enumerate(messages):
        if message["role"] != "assistant" or message.get("weight") == 0:
            continue
        before: str = tokenizer.apply_chat_template(
            messages[:place], tokenize=False, add_generation_prompt=True
        )
        whole: str = tokenizer.apply_chat_template(messages[: place + 1], tokenize=False)
        if not (text.startswith(before) and text.startswith(whole.rstrip())):
            raise TemplateError(
                "the model's chat template changes earlier turns when later ones come: "
                "split such conversations so that each ends with the answer to learn"
            )
        yield len(before), len(whole.rstrip())


def _within(offset: Span, spans: list[Span]) -> bool:
    start, end = offset
    return end > start and any(first <= start and end <= last for first, last in spans)


def encoded_examples(
    file: Path, tokenizer: PreTrainedTokenizerBase, max_length: int, tally: Tally
) -> Iterator[dict[str, list[int]]]:
    """Yield the examples of a canonical JSONL file as rows for a trainer, counting as it goes."""
    with file.open("rb") as lines:
        for line in lines:
            ids, labels, truncated = encode(json.loads(line)["messages"], tokenizer, max_length)
            tally.truncated += truncated
            if all(label == IGNORED for label in labels):
                tally.empty += 1
                continue
            tally.examples += 1
            yield {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": labels}
