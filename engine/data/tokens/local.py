"""The tokens of examples as a model on this machine reads them: through its own template.

A causal model reads a conversation and learns the assistant's part of it. An encoder-decoder model
reads a source and writes a target, and its limit is a limit of either.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError, MissingPackageError
from engine.data.shapes.example import Record, is_completion, messages_of
from engine.data.tokens.counting import ExampleTokens, Uncounted

if TYPE_CHECKING:
    from engine.training.examples import Encoder, Tokenized


class LocalCounter:
    """Counts the rendered chat, and what of it the local trainer's loss is taken over.

    A preference example is two conversations, each with one of the answers, and comes to the sum
    of both. A prompt with its completion is a question and its answer.

    Args:
        base_model: a model folder or a hub id.

    Raises:
        DataError: if its tokenizer cannot be read.
        MissingPackageError: if what reads it is not installed.
    """

    def __init__(self, base_model: str) -> None:
        from engine.training.pairs import PairEncoder

        self._encoder = _encoder(base_model)
        self._writes_targets = isinstance(self._encoder, PairEncoder)

    def counts(self, records: Sequence[Record]) -> list[ExampleTokens | Uncounted]:
        """Count each example, all at once if no one among them is refused by the template."""
        from engine.training.examples import ExampleError

        conversations = [_conversations(record) for record in records]
        lines = [line for of_record in conversations for line in of_record]
        try:
            counted = iter(self._counted(lines))
        except ExampleError:
            return [self._counted_alone(of_record) for of_record in conversations]
        return [_sum([next(counted) for _ in of_record]) for of_record in conversations]

    def beyond(self, record: Record, limit: int) -> str:
        """Say what of an example lies beyond a limit, as a clause: "the last 12 tokens"."""
        encoded = self._encoder.encode(_conversations(record))
        if self._writes_targets:
            return _beyond_pair(max(encoded, key=_longer_part), limit)
        longest = max(encoded, key=lambda tokenized: len(tokenized.input_ids))
        cut = longest.labels[limit:]
        learned = sum(label >= 0 for label in cut)
        return f"the last {len(cut):,} tokens ({learned:,} of them the assistant's)"

    def _counted(self, lines: list[str]) -> list[ExampleTokens]:
        """Return what some conversations come to."""
        encoded = self._encoder.encode(lines) if lines else []
        return [self._tokens(tokenized) for tokenized in encoded]

    def _tokens(self, tokenized: Tokenized) -> ExampleTokens:
        read, learned = len(tokenized.input_ids), sum(label >= 0 for label in tokenized.labels)
        if self._writes_targets:
            return ExampleTokens(read + learned, learned, 0, _longer_part(tokenized))
        return ExampleTokens(read, learned, 0, read)

    def _counted_alone(self, of_record: list[str]) -> ExampleTokens | Uncounted:
        from engine.training.examples import ExampleError

        try:
            return _sum(self._counted(of_record))
        except ExampleError as error:
            return Uncounted(str(error).partition(" ")[2].partition(" ")[2])


def _encoder(base_model: str) -> Encoder:
    try:
        from engine.training.chat_template import ensure_source_template
        from engine.training.models import ModelError, load_encoder
        from engine.training.pairs import PairEncoder

        tokenizer, encoder = load_encoder(base_model, sys.maxsize)
    except ImportError as error:
        raise MissingPackageError(
            "Counting a local model's tokens needs transformers: pip install 'ftlab[local]'"
        ) from error
    except (OSError, ValueError, ModelError) as error:
        raise DataError(f"The tokenizer of {base_model} cannot be read: {error}") from error
    if isinstance(encoder, PairEncoder):
        # Training takes it only where there are conversations; other examples read the same by it.
        ensure_source_template(tokenizer, conversations=True)
    # Nothing is cut off here: what a limit would cut is for the caller to say.
    tokenizer.model_max_length = encoder.max_length = sys.maxsize
    return encoder


def _conversations(record: Record) -> list[str]:
    """Return the conversations that an example trains, a line of JSON each."""
    if "messages" in record or is_completion(record):
        return [_line(messages_of(record), record.get("tools"))]
    source = record["input"]
    outputs = (record["preferred_output"], record["non_preferred_output"])
    return [_line([*source["messages"], *output], source.get("tools")) for output in outputs]


def _line(messages: list[dict[str, Any]], tools: list[Any] | None) -> str:
    return json.dumps({"messages": messages, "tools": tools} if tools else {"messages": messages})


def _sum(conversations: list[ExampleTokens]) -> ExampleTokens:
    return ExampleTokens(
        sum(each.total for each in conversations),
        sum(each.assistant for each in conversations),
        0,
        max(each.longest for each in conversations),
    )


def _longer_part(pair: Tokenized) -> int:
    return max(len(pair.input_ids), len(pair.labels))


def _beyond_pair(pair: Tokenized, limit: int) -> str:
    parts = (("prompt", len(pair.input_ids) - limit), ("answer", len(pair.labels) - limit))
    cut = [f"the last {count:,} tokens of the {name}" for name, count in parts if count > 0]
    return " and ".join(cut) or "nothing"
