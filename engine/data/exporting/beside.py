"""The names under which columns stand beside the fields of another shape."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from engine.data.shapes.columns import free_name
from engine.data.shapes.example import Record, columns_of
from engine.data.shapes.exchanges import SYSTEM_COLUMNS
from engine.data.shapes.recognition import fitting_shapes

_KNOWN_LAYOUTS = 1024
_MEANING_SOMETHING = frozenset(
    {*SYSTEM_COLUMNS, "tools", "functions", "parallel_tool_calls", "history"}
)
"""Fields that shapes may have: a column of such a name would be taken for one."""


def with_columns(
    row: dict[str, Any],
    record: Record,
    without: Collection[str] = (),
    avoided: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the row with the example's columns.

    A column gets an underscore at its end where it would be taken for a field of the shape, or the
    row for one of another shape.

    Args:
        row: the shape's own fields.
        record: the example.
        without: columns that the row shows already.
        avoided: further names that would be taken for fields.
    """
    columns = {key: value for key, value in columns_of(record).items() if key not in without}
    if not columns:
        return row
    names = _names((*row, *avoided), tuple(columns))
    return row | {name: columns[key] for name, key in zip(names, columns, strict=True)}


@lru_cache(_KNOWN_LAYOUTS)
def _names(fields: tuple[str, ...], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the name of each column beside such fields."""
    expected = {field for shape in fitting_shapes(fields) for field in shape.fields}
    found = {
        field for shape in fitting_shapes((*fields, *columns)) for field in shape.fields
    } - expected
    avoided = found | _MEANING_SOMETHING | set(fields)
    names: list[str] = []
    for column in columns:
        others = {*names, *(other for other in columns if other != column)}
        taken = avoided | others if column in avoided else set(names)
        names.append(free_name(column, taken))
    return tuple(names)
