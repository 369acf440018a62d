"""Drawing rows so that every stratum (every answer, every category) has its share in each part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from engine.data.versions.splitting import Part, drawn, part_sizes, random_words


def assign_stratified(
    strata: Sequence[int], *, test: float, validation: float, seed: int
) -> bytearray:
    """Draw the part of every row, with the shares of the strata kept in each part.

    A stratum's share of a part is its share of all rows, rounded by largest remainders, so that the
    parts have exactly the sizes of an unstratified split.

    Args:
        strata: the stratum of every row.
        test: size of the test part; see `engine.data.versions.splitting.assign`.
        validation: size of the validation part.
        seed: another seed draws other rows.

    Raises:
        DataError: if the sizes cannot be had.
    """
    for_test, for_validation = part_sizes(len(strata), test, validation)
    rows = _rows_by_stratum(strata)
    sizes = [len(members) for members in rows]
    tests = shares(sizes, for_test, seed)
    left = [size - taken for size, taken in zip(sizes, tests, strict=True)]
    validations = shares(left, for_validation, seed)
    parts = bytearray(len(strata))
    for number, members in enumerate(rows):
        words = random_words(f"{seed} stratum {number}")
        found = drawn(len(members), tests[number], validations[number], words)
        for row, part in zip(members, found, strict=True):
            parts[row] = part
    return parts


def sample_stratified(strata: Sequence[int], wanted: int, seed: int) -> list[int]:
    """Return the rows of a sample in which every stratum has its share, in their order."""
    rows = _rows_by_stratum(strata)
    chosen: list[int] = []
    given = shares([len(members) for members in rows], wanted, seed)
    for number, (members, share) in enumerate(zip(rows, given, strict=True)):
        words = random_words(f"{seed} stratum {number}")
        found = drawn(len(members), share, 0, words)
        chosen.extend(row for row, part in zip(members, found, strict=True) if part == Part.TEST)
    return sorted(chosen)


def shares(sizes: Sequence[int], wanted: int, seed: int) -> list[int]:
    """Divide a number among groups in proportion to their sizes, by largest remainders.

    A small group whose share is a half or more, but less than one, comes before all others, so that
    it is not left out while others are rounded up. Among equal remainders chance decides, fixed by
    the seed. No group gives more than it has.

    Args:
        sizes: how much each group has.
        wanted: how much is divided, at most the sum of the sizes.
        seed: another seed favours other groups.
    """
    total = sum(sizes)
    if total == 0:
        return [0] * len(sizes)
    given = [size * wanted // total for size in sizes]
    left = [size * wanted % total for size in sizes]
    ties = list(islice(random_words(f"{seed} shares"), len(sizes)))

    def rank(number: int) -> tuple[bool, int, int]:
        would_miss = given[number] == 0 and 2 * left[number] >= total
        return not would_miss, -left[number], ties[number]

    for number in sorted(range(len(sizes)), key=rank)[: wanted - sum(given)]:
        given[number] += 1
    return given


def absent_strata(strata: Sequence[int], parts: Sequence[int]) -> dict[Part, list[int]]:
    """Return for every part that has rows the strata of which it has none, in rising order."""
    present: defaultdict[int, set[int]] = defaultdict(set)
    for stratum, part in zip(strata, parts, strict=True):
        present[part].add(stratum)
    every = set(strata)
    return {part: sorted(every - present[part]) for part in Part if part in present}


def _rows_by_stratum(strata: Sequence[int]) -> list[list[int]]:
    """Return the rows of every stratum, the strata in the order of their first rows."""
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, stratum in enumerate(strata):
        rows[stratum].append(row)
    return list(rows.values())
