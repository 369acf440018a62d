"""Rows out of Arrow record batches, their values as JSON knows them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isnan
from operator import is_not
from typing import TYPE_CHECKING, Any

from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row, excerpt

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 1000
NOT_A_NUMBER = "NaN read as null"

_UNREADABLE = object()


def rows_of(
    batches: Iterable[pa.RecordBatch], names: tuple[str, ...], repairs: Repairs | None = None
) -> Iterator[Row]:
    """Give the rows of record batches, numbered from 1.

    Dates and times become ISO 8601 texts (to the microsecond), durations seconds, decimals numbers
    where a number holds all their digits and texts elsewhere, bytes the text that they are in UTF-8
    or else base64.

    Args:
        batches: the record batches.
        names: the names of their columns.
        repairs: notes where NaN, as which pandas writes a number that is missing, was taken for
            null; without it NaN stays.
    """
    count = 0
    for batch in batches:
        columns = [_values(column) for column in batch.columns]
        unsure = any(_UNREADABLE in column for column in columns)
        if repairs is not None:
            for place in _without_nan(batch.columns, columns):
                repairs.note(count + 1 + place, [NOT_A_NUMBER])
        for number, row in enumerate(zip(*columns, strict=True), count + 1):
            if unsure and _UNREADABLE in row:
                name = names[row.index(_UNREADABLE)]
                reason = f"has something that cannot be read in '{excerpt(name, 40)}'"
                yield Row(number, BadRow(reason, ""))
            else:
                yield Row(number, dict(zip(names, row, strict=True)))
        count += batch.num_rows


def _values(column: pa.Array) -> list[Any]:
    """Return a column's values, `_UNREADABLE` for those that are none."""
    import pyarrow as pa

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError, KeyError, pa.lib.ArrowException):
        values = [_value(scalar) for scalar in column]
    return values if _is_plain(column.type) else list(map(as_json, values))


def _without_nan(columns: Iterable[pa.Array], values: list[list[Any]]) -> list[int]:
    """Put null for each NaN among the values of columns, and return the places of these rows."""
    places = set()
    for column, content in zip(columns, values, strict=True):
        if not _holds_nan(column):
            continue
        for place, value in enumerate(content):
            known = _known(value)
            if known is not value:
                content[place] = known
                places.add(place)
    return sorted(places)


def _holds_nan(column: pa.Array) -> bool:
    from pyarrow import compute, types

    kind = column.type
    if types.is_floating(kind):
        return bool(compute.any(compute.is_nan(column)).as_py())
    if types.is_struct(kind):
        return any(_holds_nan(column.field(place)) for place in range(kind.num_fields))
    if types.is_map(kind):
        return _holds_nan(column.items)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _holds_nan(column.flatten())
    return bool(types.is_dictionary(kind) and _holds_nan(column.dictionary))


def _known(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Return the value with null for NaN, the very same one if there is none."""
    if isinstance(value, float):
        return None if isnan(value) else value
    if isinstance(value, list):
        known = [_known(inner) for inner in value]
        return known if any(map(is_not, known, value)) else value
    if isinstance(value, dict):
        fields = {key: _known(inner) for key, inner in value.items()}
        return fields if any(map(is_not, fields.values(), value.values())) else value
    return value


def _value(scalar: pa.Scalar) -> Any:  # noqa: ANN401 - whatever the column holds
    import pyarrow as pa

    try:
        return scalar.as_py()
    except (ValueError, OverflowError, KeyError, pa.lib.ArrowException):
        return _UNREADABLE


def _is_plain(kind: pa.DataType) -> bool:
    """Tell whether values of a type come out as JSON knows them."""
    from pyarrow import types

    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _is_plain(kind.value_type)
    if types.is_struct(kind):
        return all(_is_plain(kind.field(place).type) for place in range(kind.num_fields))
    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_integer(kind)
        or types.is_float64(kind)
        or types.is_float32(kind)
        or types.is_boolean(kind)
        or types.is_null(kind)
    )


def as_json(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Return a value as JSON knows it."""
    if value is None or value is _UNREADABLE or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, bytes):
        return _text(value)
    return str(value)


def _number(value: Decimal) -> int | float | str:
    if value.is_finite():
        if value == value.to_integral_value():
            return int(value)
        if Decimal(repr(float(value))) == value:
            return float(value)
    return str(value)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return b64encode(value).decode()
