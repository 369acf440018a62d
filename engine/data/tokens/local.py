"""The tokens of examples as a model on this machine reads them: through its own chat template."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError, MissingPackageError
from engine.data.shapes.example import Record, is_completion, messages_of
from engine.data.tokens.counting import ExampleTokens, Uncounted

if TYPE_CHECKING:
    from engine.training.examples import ExampleEncoder


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
        self._encoder = _encoder(base_model)

    def counts(self, records: Sequence[Record]) -> list[ExampleTokens | Uncounted]:
        """Count each example, all at once if no one among them is refused by the template."""
        from engine.training.examples import ExampleError

        conversations = [_conversations(record) for record in records]
        lines = [line for of_record in conversations for line in of_record]
        try:
            pairs = iter(self._pairs(lines))
        except ExampleError:
            return [self._counted_alone(of_record) for of_record in conversations]
        return [_sum([next(pairs) for _ in of_record]) for of_record in conversations]

    def beyond(self, record: Record, limit: int) -> str:
        """Say what of an example lies beyond a limit, as a clause: "the last 12 tokens"."""
        encoded = self._encoder.encode(_conversations(record))
        longest = max(encoded, key=lambda tokenized: len(tokenized.input_ids))
        cut = longest.labels[limit:]
        learned = sum(label >= 0 for label in cut)
        return f"the last {len(cut):,} tokens ({learned:,} of them the assistant's)"

    def _pairs(self, lines: list[str]) -> list[tuple[int, int]]:
        """Return the tokens and the learned tokens of some conversations."""
        encoded = self._encoder.encode(lines) if lines else []
        return [
            (len(tokenized.input_ids), sum(label >= 0 for label in tokenized.labels))
            for tokenized in encoded
        ]

    def _counted_alone(self, of_record: list[str]) -> ExampleTokens | Uncounted:
        from engine.training.examples import ExampleError

        try:
            return _sum(self._pairs(of_record))
        except ExampleError as error:
            return Uncounted(str(error).partition(" ")[2].partition(" ")[2])


def _encoder(base_model: str) -> ExampleEncoder:
    try:
        from engine.training.examples import ExampleEncoder
        from engine.training.models import ModelError, load_tokenizer

        tokenizer = load_tokenizer(base_model)
    except ImportError as error:
        raise MissingPackageError(
            "Counting a local model's tokens needs transformers: pip install 'ftlab[local]'"
        ) from error
    except (OSError, ValueError, ModelError) as error:
        raise DataError(f"The tokenizer of {base_model} cannot be read: {error}") from error
    # Nothing is cut off here: what a limit would cut is for the caller to say.
    tokenizer.model_max_length = sys.maxsize
    return ExampleEncoder(tokenizer, sys.maxsize)


def _conversations(record: Record) -> list[str]:
    """Return the conversations that an example trains, a line of JSON each."""
    if "messages" in record or is_completion(record):
        return [_line(messages_of(record), record.get("tools"))]
    source = record["input"]
    outputs = (record["preferred_output"], record["non_preferred_output"])
    return [_line([*source["messages"], *output], source.get("tools")) for output in outputs]


def _line(messages: list[dict[str, Any]], tools: list[Any] | None) -> str:
    return json.dumps({"messages": messages, "tools": tools} if tools else {"messages": messages})


def _sum(pairs: list[tuple[int, int]]) -> ExampleTokens:
    totals = [total for total, _ in pairs]
    return ExampleTokens(sum(totals), sum(learned for _, learned in pairs), 0, max(totals))
