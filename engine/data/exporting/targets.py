"""What examples can be exported to."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from engine.data.exporting import alpaca, openai, prompt_completion, sharegpt, tables
from engine.data.shapes.example import Record

Row = dict[str, Any]
Shaper = Callable[[Record, bool], Row]
"""An example in, with or without its columns, and its row out; raises RowError if it has none."""


class Target(StrEnum):
    """What examples can be exported to."""

    OPENAI = "openai"
    """JSONL of chat or preference examples, as OpenAI takes it."""
    PROMPT_COMPLETION = "prompt-completion"
    """JSONL of `prompt` and `completion`, as OpenAI's older models take it."""
    ALPACA = "alpaca"
    """JSONL of `instruction`, `input` and `output`."""
    SHAREGPT = "sharegpt"
    """JSONL of `conversations`."""
    CSV = "csv"
    """A table of `prompt` and `completion`, or `prompt`, `chosen` and `rejected`."""
    PARQUET = "parquet"
    """A Parquet file of `messages`, or of `prompt`, `chosen` and `rejected` as messages."""
    HF = "hf"
    """The same as a folder that `datasets.load_from_disk` opens."""


class Plan(NamedTuple):
    """How a target is written.

    Attributes:
        shaped: makes a row of an example.
        columns: whether columns are written where nobody says; those whom a provider's upload
            would be refused for are not.
    """

    shaped: Shaper
    columns: bool


PLANS: dict[Target, Plan] = {
    Target.OPENAI: Plan(openai.row_of, columns=False),
    Target.PROMPT_COMPLETION: Plan(prompt_completion.row_of, columns=False),
    Target.ALPACA: Plan(alpaca.row_of, columns=True),
    Target.SHAREGPT: Plan(sharegpt.row_of, columns=True),
    Target.CSV: Plan(tables.flat_row, columns=True),
    Target.PARQUET: Plan(tables.nested_row, columns=True),
    Target.HF: Plan(tables.nested_row, columns=True),
}
