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
    """Draw the part of every group; the parts come as near to their sizes as the groups allow.

    The groups are gone through in an order fixed by the seed. Each goes to the test part if that
    brings the part nearer to its size, else to the validation part on the same condition, else to
    training.

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
    taken = dict.fromkeys(wanted, 0)
    parts = bytearray(len(groups))
    for members in _shuffled(groups, seed):
        part = next((p for p in wanted if _nearer(wanted[p], taken[p], len(members))), Part.TRAIN)
        if part is not Part.TRAIN:
            taken[part] += len(members)
            for row in members:
                parts[row] = part
    _require_all(parts, wanted)
    return parts


def _nearer(wanted: int, taken: int, more: int) -> bool:
    return abs(wanted - taken - more) < abs(wanted - taken)


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
