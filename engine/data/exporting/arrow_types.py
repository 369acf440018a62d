"""Which type each column of a table of nested rows has, found while the rows go by."""

from __future__ import annotations

import json
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

Scalar = Literal["nothing", "truth", "integer", "long", "float", "text", "anything"]

_EXACT_IN_FLOAT = 2**53
_LARGEST = 2**63


class Kind(NamedTuple):
    """What the values of a column are.

    Attributes:
        scalar: the kind of single values; a `long` is an integer that a float would round.
        listed: whether the values are lists of such.
    """

    scalar: Scalar
    listed: bool = False


_NOTHING = Kind("nothing")
_ANYTHING = Kind("anything")
_MERGED: dict[frozenset[Scalar], Scalar] = {
    frozenset({"integer", "long"}): "long",
    frozenset({"integer", "float"}): "float",
}


class ColumnTypes:
    """The types of the columns of a table.

    A column of one kind of values, or of lists of one kind, has a type of its own; any other is
    written as JSON texts. Lists of messages have the fields that some message has.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}
        self._fields: dict[str, dict[str, Kind]] = {}

    @property
    def as_json(self) -> tuple[str, ...]:
        """The columns that are written as JSON texts."""
        return tuple(name for name, kind in self._kinds.items() if kind == _ANYTHING)

    def add(self, row: dict[str, Any]) -> None:
        """Note the values of one more row."""
        for name in message_lists(row):
            fields = self._fields.setdefault(name, {})
            for message in row[name]:
                _note_fields(fields, message)
        for name in row.keys() - self._fields.keys():
            self._kinds[name] = merged(self._kinds.get(name, _NOTHING), kind_of(row[name]))

    def schema(self) -> pa.Schema:
        """Return the table's schema: messages first, then the other columns by name."""
        import pyarrow as pa

        lists = [(name, pa.list_(_message_type(fields))) for name, fields in self._fields.items()]
        others = [(name, _arrow_type(self._kinds[name])) for name in sorted(self._kinds)]
        return pa.schema([*lists, *others])

    def cells(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return the row with its values as the schema has them."""
        texts = {
            name: json.dumps(row[name], ensure_ascii=False)
            for name in self.as_json
            if row.get(name) is not None
        }
        return row | texts if texts else row


def message_lists(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the columns of a nested row that are lists of messages."""
    return ("messages",) if "messages" in row else ("prompt", "chosen", "rejected")


def kind_of(value: object) -> Kind:
    """Return what a value of a column is."""
    if not isinstance(value, list):
        return Kind(_scalar_of(value))
    kinds = (Kind(_scalar_of(item)) for item in value)
    scalar = reduce(merged, kinds, _NOTHING).scalar
    return _ANYTHING if scalar == "anything" else Kind(scalar, listed=True)


def merged(one: Kind, other: Kind) -> Kind:
    """Return what a column is that holds values of both kinds."""
    if one == other or other == _NOTHING:
        return one
    if one == _NOTHING:
        return other
    if one.listed != other.listed:
        return _ANYTHING
    kinds = {one.scalar, other.scalar}
    if "nothing" in kinds:
        return one if other.scalar == "nothing" else other
    both = _MERGED.get(frozenset(kinds))
    return _ANYTHING if both is None else Kind(both, one.listed)


def _scalar_of(value: object) -> Scalar:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, float):
        return "float"
    if isinstance(value, int) and -_LARGEST <= value < _LARGEST:
        return "integer" if abs(value) <= _EXACT_IN_FLOAT else "long"
    return "anything"


def _note_fields(fields: dict[str, Kind], message: dict[str, Any]) -> None:
    for key, value in message.items():
        if key == "weight":
            fields[key] = merged(fields.get(key, _NOTHING), kind_of(value))
        else:
            fields.setdefault(key, _NOTHING)


def _message_type(fields: dict[str, Kind]) -> pa.DataType:
    import pyarrow as pa

    text = pa.string()
    function = pa.struct({"name": text, "arguments": text})
    nested = {
        "tool_calls": pa.list_(pa.struct({"id": text, "type": text, "function": function})),
        "function_call": function,
    }
    return pa.struct([(name, nested.get(name, _arrow_type(fields[name]))) for name in fields])


def _arrow_type(kind: Kind) -> pa.DataType:
    import pyarrow as pa

    types = {
        "truth": pa.bool_(),
        "integer": pa.int64(),
        "long": pa.int64(),
        "float": pa.float64(),
    }
    found = types.get(kind.scalar, pa.string())
    return pa.list_(found) if kind.listed else found
