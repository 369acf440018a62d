"""What conversions make of rows, and what they say of rows that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from engine.data.errors import RowError
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.example import Record


def example_of(row: dict[str, Any], conversion: Conversion | None = None) -> Record:
    [example] = (conversion or Conversion()).examples(row)
    return example


def fault_of(row: dict[str, Any], conversion: Conversion | None = None) -> str:
    with pytest.raises(RowError) as caught:
        (conversion or Conversion()).examples(row)
    return str(caught.value)
