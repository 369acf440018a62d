"""Examples in Alpaca's format: `instruction`, `input` and `output`, earlier turns in `history`."""

from __future__ import annotations

from typing import Any

from engine.data.exporting.beside import with_columns
from engine.data.exporting.plain import plain_chat, plain_pair
from engine.data.shapes.alpaca import BETWEEN
from engine.data.shapes.example import Record, kind_of

_OTHER_PROMPTS = ("prompt", "question", "query")
"""What would be taken for the prompt of a pair before its instruction is."""


def row_of(record: Record, columns: bool) -> dict[str, Any]:
    """Return the example's last question and its answer, and its earlier ones as history.

    An example that was made of an instruction and an input has them apart again. A preference
    example has `chosen` and `rejected` in the place of the output, as LLaMA-Factory reads them.

    Raises:
        RowError: naming what the example has beyond that.
    """
    row: dict[str, Any]
    if kind_of(record) == "preference":
        system, prompt, chosen, rejected = plain_pair(record)
        row = _asked(record, prompt) | {"chosen": chosen, "rejected": rejected}
        earlier: list[str] = []
    else:
        system, turns = plain_chat(record)
        row = _asked(record, turns[-2]) | {"output": turns[-1]}
        earlier = turns[:-2]
    if system is not None:
        row["system"] = system
    if earlier:
        pairs = zip(earlier[::2], earlier[1::2], strict=True)
        row["history"] = [list(pair) for pair in pairs]
    if not columns:
        return row
    apart = ("instruction", "input") if row["input"] else ()
    return with_columns(row, record, apart, _OTHER_PROMPTS if "chosen" in row else ())


def _asked(record: Record, prompt: str) -> dict[str, Any]:
    """Return the question as an instruction and its input, apart if the columns still say how."""
    instruction, about = record.get("instruction"), record.get("input")
    if not isinstance(instruction, str) or not isinstance(about, str) or not about:
        return {"instruction": prompt, "input": ""}
    if instruction + BETWEEN + about != prompt:
        return {"instruction": prompt, "input": ""}
    return {"instruction": instruction, "input": about}
