"""Near duplicates within a version, and between versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.data.checking.rules import Finding, Rule
from engine.data.cleaning.index import near_groups, near_overlap
from engine.data.cleaning.near import NearKeys, require_rensa
from engine.data.parallel import in_order
from engine.data.reading.files import read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow

if TYPE_CHECKING:
    from engine.data.reading.reader import RowBatch
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow

NEAR_OVERLAP = Rule(
    "near-overlap", "warning", "dataset", "No prompt is nearly that of another dataset's example."
)
NEAR_DUPLICATE = Rule(
    "near-duplicate", "warning", "dataset", "No example is nearly the same as an earlier one."
)
_WHOLE = NearKeys(any_numbers=True)
_PROMPTS = NearKeys(any_numbers=True, prompts=True)


@dataclass(frozen=True, slots=True)
class _Keys:
    """Makes the keys of a batch; it travels to other processes."""

    maker: NearKeys

    def __call__(self, batch: RowBatch) -> list[bytes]:
        return [
            self.maker.key(row.value) for row in batch.rows() if not isinstance(row.value, BadRow)
        ]


def groups_of(lab: Lab, version: DatasetRow) -> list[int]:
    """Return the group of every example: near duplicates, whatever their numbers, share one.

    Raises:
        DataError: if the package that this needs is not installed.
    """
    return near_groups(_keys_of(lab, version, _WHOLE))


def near_duplicates(lab: Lab, version: DatasetRow, keep: int) -> tuple[int, list[Finding]]:
    """Return how many examples are nearly the same as an earlier one, and the first of them."""
    name = f"{version.name}@{version.version}"
    findings: list[Finding] = []
    count = 0
    for number, group in enumerate(groups_of(lab, version)):
        if group == number:
            continue
        count += 1
        if len(findings) < keep:
            message = f"It is nearly the same as row {group + 1}"
            findings.append(_finding(NEAR_DUPLICATE, name, number, message))
    return count, findings


def near_overlaps(
    lab: Lab, version: DatasetRow, other: DatasetRow, keep: int
) -> tuple[int, list[Finding]]:
    """Return how many prompts of a version are nearly one of another's, and the first of them."""
    name, shown = (f"{found.name}@{found.version}" for found in (version, other))
    findings: list[Finding] = []
    count = 0
    others = _keys_of(lab, other, _PROMPTS)
    for found in near_overlap(others, _keys_of(lab, version, _PROMPTS)):
        count += 1
        if len(findings) < keep:
            message = f"Its prompt is nearly that of {shown}, row {found.of[0] + 1}"
            findings.append(_finding(NEAR_OVERLAP, name, found.number, message))
    return count, findings


def _finding(rule: Rule, name: str, number: int, message: str) -> Finding:
    return Finding(rule.severity, rule.name, name, number + 1, "", message, "")


def _keys_of(lab: Lab, version: DatasetRow, maker: NearKeys) -> Iterator[bytes]:
    require_rensa()
    stored = lab.blobs.verified(version.content)
    with read_rows(stored, ReadingOptions(file_format="jsonl")) as rows:
        for keys in in_order(_Keys(maker), rows.batches()):
            yield from keys
