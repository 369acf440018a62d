"""Cleaning a version into another one, and showing beforehand what that would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from engine.data.cleaning.preview import Change, preview
from engine.data.cleaning.recipe import Recipe
from engine.data.errors import DataError, RowError
from engine.data.reading.files import RowFile, read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.rows import BadRow
from engine.data.shapes.conversion import Conversion
from engine.data.versions.bad_rows import BadExample, BadRows, shown
from engine.data.versions.contents import records_of
from engine.data.versions.importing import Source
from engine.data.versions.preparing import Preparation, Progress, write_examples
from engine.data.versions.recording import Draft, check_name, record_version
from engine.data.versions.tally import Tally, cleaned_as_json
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.data.shapes.example import Record
    from engine.lab import Lab
    from store.queries.datasets import DatasetRow


def clean_version(
    lab: Lab,
    reference: str,
    recipe: Recipe,
    name: str | None = None,
    progress: Progress | None = None,
) -> tuple[DatasetRow, Tally]:
    """Record a version cleaned by a recipe, as the next version of its own or of another name.

    Returns:
        The version, the very one given if nothing changed in it, and what each step did.

    Raises:
        DataError: if nothing would be left, or a package that a step needs is not installed.
        NotFoundError: if there is no such version.
    """
    whole = queries.dataset(lab.database.reader, reference)
    target = whole.name if name is None else name
    check_name(target)
    shown = f"{whole.name}@{whole.version}"
    stored = lab.blobs.verified(whole.content)
    with (
        read_rows(stored, ReadingOptions(file_format="jsonl", repair="none")) as rows,
        lab.blobs.write() as blob,
    ):
        written = write_examples(rows, Preparation(shown, "row", None, recipe), blob, progress)
        if written.bad.count:
            raise DataError(f"{written.bad.first[0]}. Nothing was recorded.")
        if not written.counts.examples:
            raise DataError(f"{shown}: cleaning leaves out all {written.tally.before} examples.")
    made = {
        "made": "cleaned",
        "of": shown,
        "left_out": written.tally.dropped,
        **cleaned_as_json(recipe, written.tally),
    }
    draft = Draft(target, written.counts, (whole.id,), made)
    return record_version(lab, draft, blob)[0], written.tally


def preview_version(lab: Lab, reference: str, recipe: Recipe, limit: int) -> list[Change]:
    """Return what a recipe would change first in a version; nothing is changed.

    Raises:
        DataError: if a package that a step needs is not installed.
        NotFoundError: if there is no such version.
    """
    whole = queries.dataset(lab.database.reader, reference)
    return preview(enumerate(records_of(lab, whole), 1), recipe, limit)


class FilePreview(NamedTuple):
    """What would become of a file.

    Attributes:
        changes: the examples that would change, the first ones.
        bad: the bad rows on the way there.
        place: what the number of a row counts in the file ("line").
    """

    changes: list[Change]
    bad: BadRows
    place: str


def preview_file(source: Source, limit: int) -> FilePreview:
    """Return what a source's recipe would change first; nothing is recorded.

    Raises:
        DataError: if the file or the wish cannot be followed as a whole.
    """
    conversion = source.conversion()
    recipe = source.recipe or Recipe(())
    bad = BadRows()
    with read_rows(source.path, replace(source.reading, texts=conversion.columns)) as rows:
        conversion.check(rows.name, rows.columns)
        changes = preview(_records(rows, conversion, bad), recipe, limit)
        return FilePreview(changes, bad, rows.place)


def _records(rows: RowFile, conversion: Conversion, bad: BadRows) -> Iterator[tuple[int, Record]]:
    for line, value in rows:
        if isinstance(value, BadRow):
            bad.add(BadExample(rows.name, line, value.reason, value.excerpt, rows.place))
            continue
        try:
            found = conversion.examples(value)
        except RowError as error:
            bad.add(BadExample(rows.name, line, str(error), shown(value), rows.place))
            continue
        yield from ((line, record) for record in found)
