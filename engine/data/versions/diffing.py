"""What changed from one dataset version to another: rows added, removed and changed."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, BinaryIO

from engine.closing import Closing
from engine.data.cleaning.exact import prompt_text
from engine.data.shapes.example import Record, messages_of, texts_of
from engine.data.versions.contents import record_of
from engine.data.versions.criteria import answer_of
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab

_ALIKE = 0.5
"""How much of two texts has to be the same for one to count as the other, changed."""

_COMPARED_CHARACTERS = 2000


class Rows(Closing):
    """The examples of a stored version, each by its number from 0.

    Attributes:
        digests: a hash of every stored line.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._offsets = array("Q")
        self.digests: list[bytes] = []
        offset = 0
        for line in file:
            self._offsets.append(offset)
            offset += len(line)
            self.digests.append(hashlib.blake2b(line, digest_size=16).digest())

    def __getitem__(self, row: int) -> Record:
        self._file.seek(self._offsets[row])
        return record_of(self._file.readline())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which rows of two versions belong together. All numbers count from 0.

    Attributes:
        same: how many rows both have, wherever they stand.
        changed: pairs of a row of the first and the row of the second that it became.
        removed: rows that only the first has.
        added: rows that only the second has.
    """

    same: int
    changed: list[tuple[int, int]]
    removed: list[int]
    added: list[int]


class Diff(Closing):
    """Two versions side by side; the rows can be read as long as it is not closed.

    Attributes:
        before: the first version.
        after: the second.
        pairing: which of their rows belong together.
    """

    def __init__(self, lab: Lab, before: str, after: str) -> None:
        self.before = queries.dataset(lab.database.reader, before)
        self.after = queries.dataset(lab.database.reader, after)
        files = [lab.blobs.verified(side.content) for side in (self.before, self.after)]
        self._old, self._new = (Rows(file.open("rb")) for file in files)
        self.pairing = paired(self._old, self._new)

    def old(self, row: int) -> Record:
        """Return a row of the first version."""
        return self._old[row]

    def new(self, row: int) -> Record:
        """Return a row of the second version."""
        return self._new[row]

    def close(self) -> None:
        """Close both files."""
        self._old.close()
        self._new.close()


def paired(old: Rows, new: Rows) -> Pairing:
    """Find out which rows are the same, changed, removed and added.

    Equal rows are the same wherever they stand. Of the others, those with the same prompt are one
    row with another answer, then those with the same answer one with another prompt; last, those
    that stand between the same neighbours and are alike by half (difflib's ratio).
    """
    removed, added = _unequal(old.digests, new.digests)
    same = len(old.digests) - len(removed)
    changed: list[tuple[int, int]] = []
    for key in (prompt_text, answer_of):
        found = _by_key(old, removed, new, added, key)
        changed += found
        removed, added = _without(removed, added, found)
    found = list(_by_place(old, removed, new, added))
    removed, added = _without(removed, added, found)
    return Pairing(same, sorted([*changed, *found]), removed, added)


def _unequal(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[list[int], list[int]]:
    """Return the rows of each side that have no equal on the other, repetitions counted."""
    return _beyond(old, Counter(new)), _beyond(new, Counter(old))


def _beyond(rows: Sequence[bytes], others: Counter[bytes]) -> list[int]:
    found = []
    for row, digest in enumerate(rows):
        if others[digest]:
            others[digest] -= 1
        else:
            found.append(row)
    return found


def _by_key(
    old: Rows,
    removed: Iterable[int],
    new: Rows,
    added: Iterable[int],
    key: Callable[[Record], str],
) -> list[tuple[int, int]]:
    """Pair rows with an equal key that is not empty, in their order."""
    waiting: defaultdict[bytes, deque[int]] = defaultdict(deque)
    for row in removed:
        text = key(old[row])
        if text:
            waiting[_digest(text)].append(row)
    pairs = []
    for row in added if waiting else ():
        candidates = waiting.get(_digest(key(new[row])))
        if candidates:
            pairs.append((candidates.popleft(), row))
    return pairs


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _without(
    removed: list[int], added: list[int], pairs: list[tuple[int, int]]
) -> tuple[list[int], list[int]]:
    olds, news = {old for old, _ in pairs}, {new for _, new in pairs}
    return [row for row in removed if row not in olds], [row for row in added if row not in news]


def _by_place(
    old: Rows, removed: Sequence[int], new: Rows, added: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Pair rows that follow the same row and are alike."""
    followers = {_follows(old, row): row for row in removed}
    for row in added:
        candidate = followers.get(_follows(new, row))
        if candidate is not None and _alike(old[candidate], new[row]):
            yield candidate, row


def _follows(rows: Rows, row: int) -> bytes:
    return rows.digests[row - 1] if row else b""


def _alike(old: Record, new: Record) -> bool:
    texts = (_text(old)[:_COMPARED_CHARACTERS], _text(new)[:_COMPARED_CHARACTERS])
    matcher = SequenceMatcher(None, *texts, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _text(record: Record) -> str:
    return "\n".join(text for message in messages_of(record) for text in texts_of(message))
