"""What the declaration of a table comes to: columns, key, statements, a light class of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, make_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table is spoken to in SQL.

    Attributes:
        name: the table's name.
        columns: its columns, in their order.
        key: where in that order the columns of its key stand.
        values_of: takes a row's values, in the order of the columns.
        question: asks for rows; a condition and `by_key` come after it.
        by_key: puts them into the order of their keys.
        has_key: the condition of having a key.
        insert: adds a row, of its values.
        insert_once: the same, unless its key is taken.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[int, ...]
    values_of: Callable[[SQLModel], Values]
    question: str
    by_key: str
    has_key: str
    insert: str
    insert_once: str

    def key_of(self, values: Values) -> Values:
        """Return the key of a row of values."""
        return tuple([values[index] for index in self.key])


@cache
def shape_of(table: type[SQLModel]) -> Shape:
    """Return the shape of a table."""
    declared = SQLModel.metadata.tables[str(table.__tablename__)]
    name = declared.name
    columns = tuple(column.name for column in declared.columns)
    keys = [column.name for column in declared.primary_key.columns]
    listed = ", ".join(map(quoted, columns))
    into = f"INTO {name} ({listed}) VALUES ({', '.join('?' * len(columns))})"
    return Shape(
        name=name,
        columns=columns,
        key=tuple(map(columns.index, keys)),
        values_of=attrgetter(*columns),
        question=f"SELECT {listed} FROM {name} WHERE ",
        by_key=f" ORDER BY {', '.join(map(quoted, keys))}",
        has_key=matching(keys),
        insert=f"INSERT {into}",
        insert_once=f"INSERT OR IGNORE {into}",
    )


def matching(columns: Iterable[str]) -> str:
    """Return the condition that columns have the values given, in their order."""
    return " AND ".join(f"{quoted(column)} = ?" for column in columns)


def quoted(column: str) -> str:
    """Return a column's name as SQL."""
    return f'"{column}"'


_TABLES: dict[type, type[SQLModel]] = {}


def plain(table: type[Row]) -> type[Row]:
    """Return a class with a table's columns and their defaults, and with nothing else.

    SQLModel's own takes thirty times as long to make a row and ten times as long to change one.
    """
    return cast("type[Row]", _light_class(table))


@cache
def _light_class(table: type[SQLModel]) -> type:
    columns = [(name, Any, _default(info.default)) for name, info in table.model_fields.items()]
    made = make_dataclass(table.__name__, columns, eq=False, kw_only=True)
    _TABLES[made] = table
    return made


def _default(value: object) -> object:
    # What has no default is required by the class that is made.
    return field() if value is PydanticUndefined else field(default=value)


def table_of(row: SQLModel) -> type[SQLModel]:
    """Return the table of a row, be it plain or of the table's own class."""
    return _TABLES.get(type(row), type(row))
