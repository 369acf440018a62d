"""Where answers to the same question begin that stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence

Stack = Sequence[tuple[int | None, int]]
"""What stands in a column: the number of the question that others beside it heard too, or None;
and the rows that it takes."""


def pads(columns: Sequence[Stack]) -> list[dict[int, int]]:
    """Return how many blank rows stand before which place of each column.

    The same question then begins in the same row of all columns that hold it.
    """
    numbers = [[number for number, _ in column] for column in columns]
    shared = sorted({number for each in numbers for number in each if number is not None})
    found: list[dict[int, int]] = [{} for _ in columns]
    for number in shared:
        places = {
            column: each.index(number) for column, each in enumerate(numbers) if number in each
        }
        tops = {
            column: _rows(columns[column][:place], found[column])
            for column, place in places.items()
        }
        deepest = max(tops.values())
        for column, place in places.items():
            if blank := deepest - tops[column]:
                found[column][place] = blank
    return found


def _rows(stack: Stack, blank: dict[int, int]) -> int:
    return sum(rows for _, rows in stack) + sum(blank.values())
