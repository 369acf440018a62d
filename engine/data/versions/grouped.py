"""Dividing rows so that those that belong together stay on one side."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from engine.data.errors import DataError
from engine.data.versions.splitting import Part, part_sizes


def assign_grouped(
    groups: Sequence[int], *, test: float, validation: float, seed: int
) -> bytearray:
    """Draw the part of every group, so that the parts come near to their sizes.

    The groups are gone through in an order fixed by the seed, first for the test part, then for the
    validation part. Each is taken if the part has room for it; at the end, if a part is nearer to
    its size with the smallest group left over than without it, it takes that one, too. So a part
    misses its size by at most half of that group, and by nothing where enough rows stand alone.

    Args:
        groups: the group of every row.
        test: wanted size of the test part; see `engine.data.versions.splitting.assign`.
        validation: wanted size of the validation part.
        seed: another seed draws other groups.

    Raises:
        DataError: if the sizes cannot be had, or the groups are too large to fill each part.
    """
    for_test, for_validation = part_sizes(len(groups), test, validation)
    wanted = {Part.TEST: for_test, Part.VALIDATION: for_validation}
    parts = bytearray(len(groups))
    left = _shuffled(groups, seed)
    for part, size in wanted.items():
        taken, left = _taken(left, size)
        for members in taken:
            for row in members:
                parts[row] = part
    _require_all(parts, wanted)
    return parts


def _taken(groups: list[list[int]], size: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return the groups that make up a part of a size, and those that are left."""
    taken, left = [], []
    room = size
    for members in groups:
        if len(members) <= room:
            taken.append(members)
            room -= len(members)
        else:
            left.append(members)
    smallest = min(left, key=len, default=[])
    if abs(len(smallest) - room) < room:
        taken.append(smallest)
        left.remove(smallest)
    return taken, left


def _shuffled(groups: Sequence[int], seed: int) -> list[list[int]]:
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        rows[group].append(row)

    def place(members: list[int]) -> bytes:
        return hashlib.sha256(f"ftlab groups {seed} {members[0]}".encode()).digest()

    return sorted(rows.values(), key=place)


def _require_all(parts: bytearray, wanted: dict[Part, int]) -> None:
    asked = [Part.TRAIN, *(part for part, size in wanted.items() if size)]
    missing = [part.label for part in asked if part not in parts]
    if missing:
        raise DataError(
            f"The groups are too large: nothing is left for {' and '.join(missing)}. Ask for other "
            "sizes, try another seed, or group by something finer."
        )
