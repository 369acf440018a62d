"""The rows of a file of which no example can be made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.data.reading.rows import excerpt

_NAMED = 100


class BadExample(NamedTuple):
    """A row of which no example could be made.

    Attributes:
        file: the file's path.
        line: where the row stands in the file, from 1.
        reason: what is wrong with it, as a clause that follows "line N".
        excerpt: the row's beginning in at most 120 characters, safe to print.
        place: what is counted ("line", "row", "sheet 'Data', row").
    """

    file: str
    line: int
    reason: str
    excerpt: str
    place: str = "line"

    def __str__(self) -> str:
        return f"{self.file}, {self.place} {self.line} {self.reason}"


@dataclass(slots=True)
class BadRows:
    """How many such rows there are, and the first ones with their reasons."""

    count: int = 0
    first: list[BadExample] = field(default_factory=list)

    def add(self, bad: BadExample) -> None:
        """Note one more."""
        self.count += 1
        if len(self.first) < _NAMED:
            self.first.append(bad)

    def add_all(self, later: BadRows) -> None:
        """Note those of later rows."""
        self.count += later.count
        self.first.extend(later.first[: _NAMED - len(self.first)])


def shown(row: dict[str, Any]) -> str:
    """Return the beginning of a row as JSON, safe to print."""
    from pydantic_core import to_json

    return excerpt(to_json(row))
