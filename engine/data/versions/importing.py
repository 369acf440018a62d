"""Taking a file in: every row becomes an example or is named as bad, then a version is recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.cleaning.recipe import Recipe
from engine.data.errors import DataError
from engine.data.reading.files import RowFile, read_rows
from engine.data.reading.options import ReadingOptions
from engine.data.reading.repairs import Repairs
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.patterns import read_patterns
from engine.data.shapes.systems import SystemMode
from engine.data.versions.bad_rows import BadRows
from engine.data.versions.preparing import Preparation, Written, write_examples
from engine.data.versions.recording import Draft, check_name, record_version
from engine.data.versions.tally import Tally, cleaned_as_json
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import DatasetImported
    from store.queries.datasets import DatasetRow

Progress = Callable[[int, int | None], None]
_BAD_ROWS_SHOWN = 10
_RECORDED_OPTIONS = (
    "file_format",
    "encoding",
    "delimiter",
    "quoting",
    "skip_lines",
    "sheet",
    "member",
    "chunk",
)
"""What a person can say of how a file is read, by the names of `ReadingOptions`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of examples and what to make of it.

    Attributes:
        path: the file; `-` is the standard input.
        reading: how it is read.
        prompt: template of the user's words, with `completion`.
        completion: template of the assistant's answer.
        system: template of the system message.
        templates: a file of several templates for each row.
        shape: the shape of the rows, where several would fit.
        system_mode: what is done with system prompts.
        recipe: how the examples are cleaned.
        origin: where it is from, to be recorded instead of the path.
    """

    path: Path
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    prompt: str | None = None
    completion: str | None = None
    system: str | None = None
    templates: Path | None = None
    shape: str | None = None
    system_mode: SystemMode | None = None
    recipe: Recipe | None = None
    origin: str | None = None

    @property
    def shown(self) -> str:
        """Where it is from, as text that can be recorded."""
        return self.origin or _shown(self.path)

    def conversion(self) -> Conversion:
        """Return how its rows become examples.

        Raises:
            DataError: if a template is wrong, or wishes contradict each other.
        """
        return Conversion(
            self.prompt,
            self.completion,
            self.system,
            patterns=() if self.templates is None else read_patterns(self.templates),
            shape=self.shape,
            system_mode=self.system_mode,
        )

    def as_json(self) -> dict[str, Any]:
        """Return what a version's recipe says of it."""
        said = {
            "source": self.shown,
            **{name: getattr(self.reading, name) for name in _RECORDED_OPTIONS},
            "prompt": self.prompt,
            "completion": self.completion,
            "system": self.system,
            "templates": None if self.templates is None else _shown(self.templates),
            "shape": self.shape,
            "system_mode": None if self.system_mode is None else str(self.system_mode),
        }
        return {key: value for key, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Added:
    """What taking a file in came to.

    Attributes:
        version: the dataset version that holds the content.
        new: False if the name already had this very content.
        left_out: the bad rows that were left out: how many, and the first of them.
        tally: what cleaning did; nothing if there was none.
        encoding: the encoding of the text, None for what is none.
        skipped: templates that were not filled in, because a row had nothing for them.
        place: what the number of a row counts in the file ("line").
        newest: the number of the name's newest version, which its bare name means.
        repairs: what had to be mended to read the rows.
        notes: how the file was read where that was not plain.
    """

    version: DatasetRow
    new: bool
    left_out: BadRows
    tally: Tally
    encoding: str | None = None
    skipped: int = 0
    place: str = "line"
    newest: int = 1
    repairs: Repairs = field(default_factory=Repairs)
    notes: tuple[str, ...] = ()


class BadRowsError(DataError):
    """A file has rows that cannot become examples; each is named with its line and reason.

    Attributes:
        rows: those rows.
    """

    def __init__(self, rows: BadRows) -> None:
        self.rows = rows
        bad_rows = "1 bad row" if rows.count == 1 else f"{rows.count} bad rows"
        super().__init__(
            f"{_named(rows)}\n{bad_rows}, so nothing was recorded. "
            "Mend the file, or leave such rows out with --skip-bad."
        )


def _named(rows: BadRows) -> str:
    named = [f"{bad}\n    {bad.excerpt}" for bad in rows.first[:_BAD_ROWS_SHOWN]]
    if rows.count > len(named):
        named.append(f"… and {rows.count - len(named)} more")
    return "\n".join(named)


def add_file(
    lab: Lab,
    source: Source,
    name: str,
    *,
    skip_bad: bool = False,
    progress: Progress | None = None,
    cause: int | None = None,
) -> Added:
    """Record a file's content as a version of the dataset `name`.

    Args:
        lab: where to record.
        source: the file and what to make of it.
        name: the dataset's name.
        skip_bad: leave bad rows out, recording how many and why, instead of refusing the file.
        progress: called now and then with bytes read and the file's size (None for a pipe).
        cause: the seq of the event that led to it.

    Raises:
        BadRowsError: if rows are bad and not to be skipped; nothing is recorded then.
        DataError: if the file or the wish cannot be followed as a whole.
    """
    check_name(name)
    conversion = source.conversion()
    reading = replace(source.reading, texts=conversion.columns)
    with read_rows(source.path, reading) as rows, lab.blobs.write() as blob:
        conversion.check(rows.name, rows.columns)
        work = Preparation(rows.name, rows.place, conversion, source.recipe)
        written = write_examples(rows, work, blob, progress)
        if written.bad.count and not skip_bad:
            raise BadRowsError(written.bad)
        _require_some(rows.name, written)
    draft = Draft(name, written.counts, recipe=_recipe(source, conversion, written))
    imported = _imported(source, rows, written)
    version, new = record_version(lab, draft, blob, imported, cause)
    newest = queries.dataset(lab.database.reader, name).version
    return Added(
        version,
        new,
        written.bad,
        written.tally,
        rows.encoding,
        written.skipped,
        rows.place,
        newest,
        written.repairs,
        rows.notes,
    )


def _require_some(name: str, written: Written) -> None:
    if written.counts.examples:
        return
    if written.tally.dropped:
        raise DataError(f"{name}: cleaning leaves out all {written.tally.before} examples.")
    raise DataError(f"{_named(written.bad)}\n{name}: every row is bad, so nothing is left.")


def _recipe(source: Source, conversion: Conversion, written: Written) -> dict[str, Any]:
    patterns = [pattern.as_json() for pattern in conversion.patterns]
    return {
        "made": "imported",
        **source.as_json(),
        **({"patterns": patterns} if source.templates is not None else {}),
        **({"skipped": written.skipped} if written.skipped else {}),
        **({"repaired": written.repairs.to_json()} if written.repairs else {}),
        "left_out": written.bad.count + written.tally.dropped,
        **cleaned_as_json(source.recipe, written.tally),
    }


def _imported(source: Source, rows: RowFile, written: Written) -> DatasetImported:
    from store.events import DatasetImported, LeftOut

    return DatasetImported(
        source=source.shown,
        bytes=rows.position,
        format=rows.file_format,
        rows=written.rows,
        left_out_count=written.bad.count,
        left_out=tuple(LeftOut(line=row.line, reason=row.reason) for row in written.bad.first),
    )


def _shown(path: Path) -> str:
    """Return a path as text that can be recorded, whatever bytes its name is made of."""
    if str(path) == "-":
        return "-"
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
