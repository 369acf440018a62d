"""Taking a file in: every row becomes an example or is named as bad, then a version is recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError, RowError
from engine.data.examples import BadExample, ExampleFile, read_examples
from engine.data.shapes.canonical import canonical_line
from engine.data.versions.recording import Counts, Draft, check_name, record_version

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.blobs import BlobWriter
    from store.events import DatasetImported
    from store.queries.datasets import DatasetRow

Progress = Callable[[int, int | None], None]
_ROWS_BETWEEN_REPORTS = 2000
_BAD_ROWS_NAMED = 100


@dataclass(frozen=True, slots=True)
class Source:
    """A file of examples and how to read it.

    Attributes:
        path: the file.
        file_format: `jsonl` or `csv`; None lets the file tell.
        prompt: template of the user's words, with `completion`.
        completion: template of the assistant's answer.
        system: template of the system message.
    """

    path: Path
    file_format: str | None = None
    prompt: str | None = None
    completion: str | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What taking a file in came to.

    Attributes:
        version: the dataset version that holds the content.
        new: False if the name already had this very content.
        left_out: the rows that were left out: how many, and the first of them.
    """

    version: DatasetRow
    new: bool
    left_out: BadRows


class BadRows:
    """The rows that cannot become examples: how many, and the first ones with their reasons."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[BadExample] = []

    def add(self, bad: BadExample) -> None:
        """Note one more."""
        self.count += 1
        if len(self.first) < _BAD_ROWS_NAMED:
            self.first.append(bad)


class BadRowsError(DataError):
    """A file has rows that cannot become examples; each is named with its line and reason.

    Attributes:
        rows: those rows.
    """

    def __init__(self, rows: BadRows) -> None:
        self.rows = rows
        named = [f"{bad}\n    {bad.excerpt}" for bad in rows.first[:10]]
        if rows.count > len(named):
            named.append(f"… and {rows.count - len(named)} more")
        bad_rows = "1 bad row" if rows.count == 1 else f"{rows.count} bad rows"
        super().__init__(
            "\n".join(named) + f"\n{bad_rows}, so nothing was recorded. "
            "Mend the file, or leave such rows out with --skip-bad."
        )


def add_file(
    lab: Lab,
    source: Source,
    name: str,
    *,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> Added:
    """Record a file's content as a version of the dataset `name`.

    Args:
        lab: where to record.
        source: the file and how to read it.
        name: the dataset's name.
        skip_bad: leave bad rows out, recording how many and why, instead of refusing the file.
        progress: called now and then with bytes read and the file's size (None for a pipe).

    Raises:
        BadRowsError: if rows are bad and not to be skipped; nothing is recorded then.
        DataError: if the file or the wish cannot be followed as a whole.
    """
    check_name(name)
    bad, counts = BadRows(), Counts()
    with _opened(source) as examples, lab.blobs.write() as blob:
        _copy(examples, blob, counts, bad, progress)
        if bad.count and not skip_bad:
            raise BadRowsError(bad)
        if not counts.examples:
            raise DataError(f"{source.path}: all {bad.count} rows are bad, so nothing is left")
    draft = Draft(name, counts, recipe=_recipe(source, bad))
    imported = _imported(source, examples, counts, bad)
    version, new = record_version(lab, draft, blob, imported)
    return Added(version, new, bad)


def _opened(source: Source) -> ExampleFile:
    return read_examples(
        source.path,
        file_format=source.file_format,
        prompt=source.prompt,
        completion=source.completion,
        system=source.system,
    )


def _copy(
    examples: ExampleFile,
    blob: BlobWriter,
    counts: Counts,
    bad: BadRows,
    progress: Progress | None,
) -> None:
    """Write every example to the blob in its canonical form, and note the rows that are none."""
    for number, item in enumerate(examples, 1):
        if isinstance(item, BadExample):
            bad.add(item)
        else:
            try:
                blob.write(canonical_line(item.record))
                counts.add(item.record)
            except RowError as error:
                bad.add(BadExample(examples.name, item.line, str(error), ""))
        if progress is not None and number % _ROWS_BETWEEN_REPORTS == 0:
            progress(examples.position, examples.size)


def _recipe(source: Source, bad: BadRows) -> dict[str, Any]:
    templates = {
        "prompt": source.prompt,
        "completion": source.completion,
        "system": source.system,
    }
    return {
        "made": "imported",
        "source": _shown(source.path),
        "left_out": bad.count,
        **{key: value for key, value in templates.items() if value is not None},
    }


def _imported(
    source: Source, examples: ExampleFile, counts: Counts, bad: BadRows
) -> DatasetImported:
    from store.events import DatasetImported, LeftOut

    return DatasetImported(
        source=_shown(source.path),
        bytes=examples.position,
        format=examples.file_format,
        rows=counts.examples + bad.count,
        left_out_count=bad.count,
        left_out=tuple(LeftOut(line=row.line, reason=row.reason) for row in bad.first),
    )


def _shown(path: Path) -> str:
    """Return a path as text that can be recorded, whatever bytes its name is made of."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
