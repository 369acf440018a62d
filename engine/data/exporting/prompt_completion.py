"""Examples as OpenAI's older models take them: a `prompt` and its `completion`."""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.exporting.beside import with_columns
from engine.data.exporting.plain import one_exchange
from engine.data.shapes.example import Record


def row_of(record: Record, columns: bool) -> dict[str, Any]:
    """Return one question and its answer.

    Raises:
        RowError: naming what the example has beyond that.
    """
    system, prompt, completion = one_exchange(record)
    if system is not None:
        raise RowError("has a system message, for which this shape has no place")
    row = {"prompt": prompt, "completion": completion}
    return with_columns(row, record) if columns else row
