"""What was mended while rows were read, by kind: nothing is mended silently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_KEPT = 20
_SHOWN = 5


@dataclass(slots=True)
class Repaired:
    """The rows in which one kind of damage was mended.

    Attributes:
        count: how many there are.
        first: the numbers of the first of them.
    """

    count: int = 0
    first: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Repairs:
    """What was mended in rows; it travels with them.

    Attributes:
        kinds: the rows of each kind of damage, a short name for it ("trailing comma") as the key.
    """

    kinds: dict[str, Repaired] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def note(self, place: int, kinds: Iterable[str]) -> None:
        """Note what was mended in the row of this number."""
        for kind in kinds:
            self._add(kind, 1, [place])

    def add_all(self, later: Repairs) -> None:
        """Note what was mended in later rows."""
        for kind, repaired in later.kinds.items():
            self._add(kind, repaired.count, repaired.first)

    def handed_over(self) -> Repairs:
        """Return what has been noted and forget it."""
        kinds, self.kinds = self.kinds, {}
        return Repairs(kinds)

    def told(self, place: str = "line") -> list[str]:
        """Return a line for each kind: "3 rows repaired: trailing comma (lines 2, 5, 9)".

        Args:
            place: what the number of a row counts, as a file's `place` says it.
        """
        return [_told(kind, repaired, place) for kind, repaired in self.kinds.items()]

    def to_json(self) -> dict[str, Any]:
        """Return, for each kind, the count and the first rows' numbers."""
        return {
            kind: {"count": repaired.count, "first": repaired.first}
            for kind, repaired in self.kinds.items()
        }

    def _add(self, kind: str, count: int, places: list[int]) -> None:
        repaired = self.kinds.setdefault(kind, Repaired())
        repaired.count += count
        repaired.first += places[: _KEPT - len(repaired.first)]


def _told(kind: str, repaired: Repaired, place: str) -> str:
    rows, places = ("row", place) if repaired.count == 1 else ("rows", f"{place}s")
    shown = ", ".join(map(str, repaired.first[:_SHOWN]))
    if repaired.count > _SHOWN:
        shown += ", …"
    return f"{repaired.count} {rows} repaired: {kind} ({places} {shown})"
