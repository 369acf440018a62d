"""Examples as an encoder-decoder model learns from them: a source to read, a target to write.

The target is the last answer of a conversation, the source all that was said before it: for a
prompt with its completion the prompt as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from engine.training.examples import Tokenized, conversation, named

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class PairEncoder:
    """Turns lines of canonical JSON into the tokens of a source, and labels: those of its target.

    Both end as the tokenizer ends texts, the target with the mark that ends an answer in any case.

    Args:
        tokenizer: the model's, with a template that writes sources.
        max_length: how many tokens of a source are kept, and how many of a target.

    Attributes:
        max_length: the same.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        self._tokenizer = tokenizer
        self.max_length = max_length

    def encode(self, lines: Sequence[str], first_line: int = 1) -> list[Tokenized]:
        """Tokenize some examples at once.

        Args:
            lines: a JSON object with `messages` each.
            first_line: the number of the first, for errors.

        Raises:
            ExampleError: if a line is no such object, or the chat template refuses its messages.
        """
        pairs = [self._pair(line, number) for number, line in enumerate(lines, start=first_line)]
        sources = self._tokenizer([source for source, _ in pairs])["input_ids"]
        targets = self._tokenizer(text_target=[target for _, target in pairs])["input_ids"]
        return [self._cut(*found) for found in zip(sources, targets, pairs, strict=True)]

    def _pair(self, line: str, number: int) -> tuple[str, str]:
        with named(number):
            messages, tools = conversation(line)
            last = _last_answer(messages)
            if last is None:
                return "", ""
            return self._source(messages[:last], tools), messages[last].get("content") or ""

    def _source(self, messages: list[dict[str, Any]], tools: list[Any] | None) -> str:
        written: str = self._tokenizer.apply_chat_template(
            messages, tools=tools, tokenize=False, add_generation_prompt=True
        )
        return written

    def _cut(self, source: list[int], target: list[int], pair: tuple[str, str]) -> Tokenized:
        """Shorten an example; one without a word to learn has no labels."""
        end, kept = self._tokenizer.eos_token_id, self.max_length
        labels = target if not target or target[-1] == end or end is None else [*target, end]
        if not pair[1].strip():
            labels = []
        truncated = len(source) > kept or len(labels) > kept
        if len(source) > kept and source[-1] == end:
            # The mark that ends a source stays: the model reads it as its end.
            source = [*source[: kept - 1], end]
        return Tokenized(source[:kept], labels[:kept], truncated)


def are_conversations(lines: Iterable[str]) -> bool:
    """Tell whether an example among some has turns before its last question."""
    return any(_has_history(line) for line in lines)


def _has_history(line: str) -> bool:
    try:
        messages, _ = conversation(line)
        last = _last_answer(messages)
        roles = [message["role"] for message in messages[:last]]
    except (ValueError, KeyError, TypeError, AttributeError):
        # Whoever encodes it tells.
        return False
    return roles.count("user") > 1 or "assistant" in roles


def _last_answer(messages: list[dict[str, Any]]) -> int | None:
    """Return the place of the last answer that shall be learned."""
    places = (
        place
        for place, message in enumerate(messages)
        if message["role"] == "assistant" and message.get("weight") != 0
    )
    return max(places, default=None)
