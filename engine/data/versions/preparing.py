"""Rows into stored examples, batch by batch: converted, cleaned, written in canonical form."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.data.cleaning.cleaner import Cleaner
from engine.data.cleaning.duplicates import Duplicates, Keys
from engine.data.cleaning.recipe import Recipe
from engine.data.errors import DataError, RowError
from engine.data.parallel import in_order
from engine.data.reading.reader import RowBatch
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, Row
from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.example import Record
from engine.data.versions.bad_rows import BadExample, BadRows, shown
from engine.data.versions.recording import Counts
from engine.data.versions.tally import Tally, in_recipe_order

if TYPE_CHECKING:
    from engine.data.reading.files import RowFile
    from store.blobs import BlobWriter

Progress = Callable[[int, int | None], None]


@dataclass(slots=True)
class Prepared:
    """The examples of a batch.

    Attributes:
        rows: how many rows it has.
        content: their canonical lines, one after the other.
        ends: where each line ends in it.
        places: the number of the row that each example comes from.
        counts: what they are counted in.
        keys: by which duplicates are found; empty if none are looked for.
        bad: the rows that cannot become examples.
        tally: what cleaning did.
        skipped: templates that were not filled in, because the row had nothing for them.
        repairs: what had to be mended to read the rows.
    """

    rows: int = 0
    content: bytes = b""
    ends: array[int] = field(default_factory=lambda: array("Q"))
    places: array[int] = field(default_factory=lambda: array("Q"))
    counts: Counts = field(default_factory=Counts)
    keys: list[Keys] = field(default_factory=list)
    bad: BadRows = field(default_factory=BadRows)
    tally: Tally = field(default_factory=Tally)
    skipped: int = 0
    repairs: Repairs = field(default_factory=Repairs)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the examples: the number of the row, and the canonical line."""
        start = 0
        for place, end in zip(self.places, self.ends, strict=True):
            yield place, self.content[start:end]
            start = end


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done with each batch; it travels to other processes.

    Attributes:
        name: the file, for messages.
        place: what a row's number counts there.
        conversion: how rows become examples; None if they are: those of a version, as stored.
        recipe: how they are cleaned, None for not at all.
    """

    name: str
    place: str
    conversion: Conversion | None
    recipe: Recipe | None = None

    def __call__(self, batch: RowBatch) -> Prepared:
        """Prepare the examples of a batch."""
        prepared = Prepared()
        cleaner = None if self.recipe is None else _cleaner(str(self.recipe))
        lines: list[bytes] = []
        end = 0
        for row in batch.rows():
            prepared.rows += 1
            for line in self._lines(row, cleaner, prepared):
                lines.append(line)
                end += len(line)
                prepared.ends.append(end)
                prepared.places.append(row.line)
        prepared.content = b"".join(lines)
        prepared.repairs = batch.repairs
        return prepared

    def _lines(self, row: Row, cleaner: Cleaner | None, prepared: Prepared) -> list[bytes]:
        """Return the lines of a row's examples: none if it is bad or they are all left out."""
        if isinstance(row.value, BadRow):
            prepared.bad.add(self._bad(row.line, row.value.reason, row.value.excerpt))
            return []
        try:
            records = self._examples(row.value)
            if self.conversion is not None:
                prepared.skipped += self.conversion.most - len(records)
            if cleaner is not None:
                records = _cleaned(cleaner, records, row.line, prepared.tally)
            lines = [canonical_line(record) for record in records]
        except RowError as error:
            prepared.bad.add(self._bad(row.line, str(error), shown(row.value)))
            return []
        for record in records:
            self._count(record, row.line, prepared)
            if cleaner is not None:
                prepared.keys.append(cleaner.keys(record))
        return lines

    def _count(self, record: Record, line: int, prepared: Prepared) -> None:
        try:
            prepared.counts.add(record)
        except DataError as error:
            raise DataError(f"{self.name}, {self.place} {line}: {error}") from None

    def _examples(self, row: Record) -> list[Record]:
        return [row] if self.conversion is None else self.conversion.examples(row)

    def _bad(self, line: int, reason: str, excerpt: str) -> BadExample:
        return BadExample(self.name, line, reason, excerpt, self.place)


def _cleaned(cleaner: Cleaner, records: list[Record], place: int, tally: Tally) -> list[Record]:
    kept = []
    for record in records:
        cleaned = cleaner.clean(record)
        tally.count(cleaned.changes)
        if cleaned.record is not None:
            kept.append(cleaned.record)
        elif cleaned.dropped_by is not None:
            tally.drop(cleaned.dropped_by, place)
    return kept


@dataclass(slots=True)
class Written:
    """What became of all rows of a file.

    Attributes:
        rows: how many there were.
        counts: what the examples that were written are counted in.
        bad: the rows that cannot become examples.
        tally: what cleaning did.
        skipped: templates that were not filled in, because a row had nothing for them.
        repairs: what had to be mended to read the rows.
    """

    rows: int = 0
    counts: Counts = field(default_factory=Counts)
    bad: BadRows = field(default_factory=BadRows)
    tally: Tally = field(default_factory=Tally)
    skipped: int = 0
    repairs: Repairs = field(default_factory=Repairs)


def write_examples(
    rows: RowFile, work: Preparation, blob: BlobWriter, progress: Progress | None = None
) -> Written:
    """Write every example of a file in its canonical form, on all cores.

    Raises:
        DataError: if the file cannot be read on, or its examples are of different kinds.
    """
    written = Written()
    deduplicated = None
    if work.recipe is not None and _looks_for_duplicates(work.recipe):
        deduplicated = _Deduplication(work.recipe)
    for prepared in in_order(work, rows.batches()):
        written.rows += prepared.rows
        written.skipped += prepared.skipped
        written.repairs.add_all(prepared.repairs)
        written.tally.add(prepared.tally)
        if deduplicated is None:
            blob.write(prepared.content)
        else:
            blob.write(deduplicated(prepared, written.tally))
        written.counts.add_all(prepared.counts)
        written.bad.add_all(prepared.bad)
        if progress is not None:
            progress(rows.position, rows.size)
    if work.recipe is not None:
        written.tally = in_recipe_order(written.tally, work.recipe)
    return written


class _Deduplication:
    """Leaves out the examples that repeat an earlier one, in order, in one process.

    Args:
        recipe: which kinds of duplicates are looked for.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._duplicates = Duplicates(recipe)

    def __call__(self, prepared: Prepared, tally: Tally) -> bytes:
        """Return the lines of a batch that stay, and count the others in the tally."""
        kept = []
        for (place, line), keys in zip(prepared.lines(), prepared.keys, strict=True):
            found = self._duplicates.check(keys, place)
            if found is None:
                kept.append(line)
            else:
                tally.drop(found.step, place)
                prepared.counts.subtract(_record(line))
        return b"".join(kept)


def _looks_for_duplicates(recipe: Recipe) -> bool:
    steps = ("dedupe", "dedupe-prompts", "near-dedupe")
    return any(recipe.parameters_of(step) is not None for step in steps)


def _record(line: bytes) -> dict[str, Any]:
    from engine.data.versions.contents import record_of

    return record_of(line)


@cache
def _cleaner(recipe: str) -> Cleaner:
    return Cleaner(Recipe.parse(recipe))
