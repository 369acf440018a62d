"""Putting what belongs together into groups, however many reasons there are for it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence


class Groups:
    """Numbers from 0 in groups that can be united (union-find: Tarjan, 1975), 8 bytes a number.

    Args:
        count: how many numbers there are, each alone at first.
    """

    def __init__(self, count: int = 0) -> None:
        self._parent = array("Q", range(count))

    def add(self) -> int:
        """Add the next number, alone, and return it."""
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def unite(self, one: int, other: int) -> None:
        """Make the groups of two numbers one."""
        first, second = sorted((self._first(one), self._first(other)))
        self._parent[second] = first

    def firsts(self) -> list[int]:
        """Return for every number the least one of its group."""
        return [self._first(number) for number in range(len(self._parent))]

    def _first(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number


def joined(groupings: Iterable[Sequence[int]]) -> list[int]:
    """Group rows that any of several groupings has together, and those that belong to these.

    Args:
        groupings: one or more, each with the group of every row.

    Returns:
        For every row the number of its group's first row.
    """
    groups: Groups | None = None
    for grouping in groupings:
        groups = groups or Groups(len(grouping))
        firsts: dict[int, int] = {}
        for row, group in enumerate(grouping):
            groups.unite(firsts.setdefault(group, row), row)
    return [] if groups is None else groups.firsts()
