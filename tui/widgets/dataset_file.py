"""A file before it is taken in: how it would be read, its first rows, and which of them are bad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.formats import count, fit, fit_right
from tui.harmless import harmless
from tui.ink import Ink, Line
from tui.widgets.dataset_index import gist
from tui.wording import number_of, size
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.data.versions.bad_rows import BadExample
    from engine.data.versions.importing import Source

LOOKED_AT = 200
"""How many rows are read before somebody says that the file shall be taken in."""

_BAD_SHOWN, _GOOD_SHOWN = 20, 20
_GIST_CHARACTERS = 400
_NUMBER = 8


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the beginning of a file tells.

    Attributes:
        file_format: how it is read.
        encoding: that of its text; None for what is none.
        bytes: its size; None for what has none.
        columns: the names of its columns.
        shape: the shape of its rows; None where templates are filled in, or no row is good.
        place: what the number of a row counts.
        notes: how it was read where that is not plain.
        rows: how many rows were looked at.
        is_whole: whether these are all.
        good: the number of a row, and what is asked and answered in its first example.
        bad: the rows that cannot become examples.
    """

    file_format: str
    encoding: str | None
    bytes: int | None
    columns: tuple[str, ...]
    shape: str | None
    place: str
    notes: tuple[str, ...] = ()
    rows: int = 0
    is_whole: bool = True
    good: list[tuple[int, str, str]] = field(default_factory=list)
    bad: list[BadExample] = field(default_factory=list)


def read_ahead(source: Source, limit: int = LOOKED_AT) -> Ahead:
    """Read the beginning of a file; nothing is recorded.

    Raises:
        DataError: if the file or the wish cannot be followed as a whole.
    """
    from engine.data.reading.files import read_rows
    from engine.data.shapes.recognition import recognized

    conversion = source.conversion()
    with read_rows(source.path, replace(source.reading, texts=conversion.columns)) as rows:
        conversion.check(rows.name, rows.columns)
        read = list(islice(rows, limit + 1))
        ahead = Ahead(
            rows.file_format,
            rows.encoding,
            rows.size,
            tuple(rows.columns),
            None,
            rows.place,
            rows.notes,
            min(len(read), limit),
            len(read) <= limit,
        )
        shape = None
        for line, value in read[:limit]:
            good = _example(source, rows.name, ahead, line, value)
            if good and shape is None and not conversion.patterns:
                shape = recognized(tuple(value)).name
    return replace(ahead, shape=shape)


def _example(source: Source, name: str, ahead: Ahead, line: int, value: Any) -> bool:  # noqa: ANN401 - a row, or why there is none
    """Note what a row makes; tell whether it makes something."""
    from engine.data.errors import RowError
    from engine.data.reading.rows import BadRow
    from engine.data.versions.bad_rows import BadExample, shown

    if isinstance(value, BadRow):
        ahead.bad.append(BadExample(name, line, value.reason, value.excerpt, ahead.place))
        return False
    try:
        records = source.conversion().examples(value)
    except RowError as error:
        ahead.bad.append(BadExample(name, line, str(error), shown(value), ahead.place))
        return False
    if len(ahead.good) < _GOOD_SHOWN and records:
        asked, answered, _ = gist(records[0])
        ahead.good.append((line, asked[:_GIST_CHARACTERS], answered[:_GIST_CHARACTERS]))
    return True


def ahead_lines(ahead: Ahead, width: int) -> list[Line]:
    """Return what the beginning of a file tells, in so many cells; bad rows stand first."""
    lines: list[Line] = [_read_as(ahead, width)]
    if ahead.columns:
        lines.append([(fit(f"columns: {harmless(', '.join(ahead.columns))}", width), "dim")])
    lines += [[(fit(harmless(note), width), "warn")] for note in ahead.notes]
    if ahead.bad:
        lines += [[], *bad_lines(ahead.bad, len(ahead.bad), width)]
    lines += [[], [("FIRST ROWS", "faint")]]
    for line, asked, answered in ahead.good:
        rest = max(8, width - _NUMBER - 2)
        half = rest * 2 // 5 if rest >= 40 else rest
        row: list[tuple[str, Ink]] = [
            (fit_right(count(line), _NUMBER), "dim"),
            ("  " + fit(harmless(asked), half), "plain"),
        ]
        if half < rest:
            row.append(("  " + fit(harmless(answered), rest - half - 2), "fourth"))
        lines.append(row)
    return lines


def _read_as(ahead: Ahead, width: int) -> Line:
    of = f", {ahead.encoding}" if ahead.encoding else ""
    extent = f", {size(ahead.bytes)}" if ahead.bytes is not None else ""
    shape = f" · rows of the shape {ahead.shape}" if ahead.shape else ""
    looked = number_of(ahead.rows, "row") if ahead.is_whole else f"first {ahead.rows} rows"
    return [
        (f"{ahead.file_format}{of}{extent}", "strong"),
        (fit(f"{shape} · {looked} looked at", max(0, width - 20)).rstrip(), "plain"),
    ]


def bad_lines(bad: Sequence[BadExample], total: int, width: int) -> list[Line]:
    """Return the rows that cannot become examples: where they stand, why, and how they begin."""
    lines: list[Line] = [[(f"✗ {number_of(total, 'bad row')}", "bad")]]
    for row in bad[:_BAD_SHOWN]:
        place = f"{row.place} {count(row.line)} "
        first, *others = wrap(row.reason, width - len(place))
        lines.append([(place, "accent"), (first, "plain")])
        lines += [[(" " * len(place), "plain"), (words, "plain")] for words in others]
        lines.append([(fit(f"    {harmless(row.excerpt)}", width).rstrip(), "faint")])
    if total > _BAD_SHOWN:
        lines.append([(f"and {count(total - _BAD_SHOWN)} more", "faint")])
    return lines


def completions(written: str) -> list[str]:
    """Return the files and folders whose path begins so, folders with a slash at their end."""
    path = Path(written).expanduser()
    folder, begun = (path, "") if written.endswith("/") or not written else (path.parent, path.name)
    shown = written[: len(written) - len(begun)] if begun else written
    try:
        names = sorted(
            f"{each.name}/" if each.is_dir() else each.name
            for each in folder.iterdir()
            if each.name.startswith(begun) and (begun or not each.name.startswith("."))
        )
    except (OSError, ValueError):
        return []
    return [f"{shown}{name}" for name in names]


def common_beginning(texts: Sequence[str]) -> str:
    """Return what all of these begin with."""
    first, last = min(texts, default=""), max(texts, default="")
    differs = (place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
    return first[: next(differs, min(len(first), len(last)))]
