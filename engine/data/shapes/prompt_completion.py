"""The format of OpenAI's older models: a `prompt` and its `completion`."""

from __future__ import annotations

from typing import Any

from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import Record
from engine.data.shapes.exchanges import exchange, shown_system, system_of
from engine.data.shapes.fields import require_text

_FIELDS = 2


def from_prompt_completion(row: dict[str, Any]) -> Record:
    """Turn a `prompt` and its `completion` into a user's and an assistant's message, as they stand.

    A text in a column `system` (as in ftlab's own tables) becomes the system message.

    Raises:
        RowError: if one of them is no text.
    """
    prompt = require_text(row, "prompt", "prompt")
    completion = require_text(row, "completion", "completion")
    if len(row) == _FIELDS:
        return exchange(prompt, completion)
    example = exchange(prompt, completion, system_of(row))
    return with_columns(example, row, ("prompt", "completion", *shown_system(row)))
