"""Alpaca's format: an `instruction`, perhaps an `input` to it, and the `output`.

Source: Stanford Alpaca's data release; `system` and `history` (earlier turns, each a pair of
question and answer) as LLaMA-Factory's data guide adds them. Dolly's `context` and `response` are
the same under other names.
"""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import Record
from engine.data.shapes.exchanges import empty_columns, exchange, shown_system, system_of
from engine.data.shapes.fields import named_kind, require_text, text_or_none

BETWEEN = "\n\n"
"""What stands between an instruction and its input when they become one message."""

_HISTORY = "history"
_PAIR = 2


def from_alpaca(row: dict[str, Any], material: str = "input", answer: str = "output") -> Record:
    """Turn an instruction, with its input a blank line below, into the user's message.

    Args:
        row: the row.
        material: the column of what the instruction is about, which may be empty or missing.
        answer: the column of the answer.

    Raises:
        RowError: if a field is no text, or the history no list of pairs of texts.
    """
    asked = instruction_of(row, material)
    example = exchange(asked, require_text(row, answer, answer), system_of(row))
    earlier = _earlier_turns(row.get(_HISTORY))
    example["messages"][-2:-2] = earlier
    shown = [answer, *shown_system(row), *empty_columns(row, (material, _HISTORY))]
    if earlier:
        shown.append(_HISTORY)
    return with_columns(example, row, [*shown, *shown_instruction(row, material)])


def instruction_of(row: dict[str, Any], material: str = "input") -> str:
    """Return the instruction and its input as one text.

    Raises:
        RowError: if one of them is no text.
    """
    instruction = require_text(row, "instruction", "instruction")
    about = text_or_none(row, material)
    return instruction if about is None else instruction + BETWEEN + about


def shown_instruction(row: dict[str, Any], material: str = "input") -> list[str]:
    """Return the column of the instruction if it is shown as it is: without an input to it."""
    return ["instruction"] if text_or_none(row, material) is None else []


def _earlier_turns(history: object) -> list[dict[str, Any]]:
    if history is None or history == "":
        return []
    if not isinstance(history, list):
        raise RowError(f"has {named_kind(history)} in {_HISTORY}, not a list of pairs")
    turns = []
    for number, pair in enumerate(history):
        if not _is_pair(pair):
            raise RowError(f"has no pair of texts in {_HISTORY}[{number}]")
        turns += exchange(*pair)["messages"]
    return turns


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == _PAIR
        and all(isinstance(text, str) for text in pair)
    )
