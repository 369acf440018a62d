"""A comparison as text to paste elsewhere: Markdown for people, TSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from tui.harmless import harmless
from tui.widgets.comparison_table import Section

Form = Literal["Markdown", "TSV"]


def copied(form: Form, names: Sequence[str], sections: Iterable[Section]) -> str:
    """Return a table as text, all its columns in it.

    Args:
        form: which kind of text.
        names: what stands over the columns.
        sections: the rows.
    """
    return _markdown(names, sections) if form == "Markdown" else _tsv(names, sections)


def _markdown(names: Sequence[str], sections: Iterable[Section]) -> str:
    lines = [_piped(["", *map(_escaped, names)]), _piped(["---"] * (len(names) + 1))]
    notes: list[str] = []
    for section in sections:
        if section.rows and section.title:
            lines.append(_piped([f"**{_escaped(section.title)}**", *[""] * len(names)]))
        lines += [
            _piped([_escaped(row.name), *(_escaped(cell.marked) for cell in row.cells)])
            for row in section.rows
        ]
        notes += section.notes
    # A blank line each, or they would be taken for rows of the table.
    return "\n".join([*lines, *(f"\n{harmless(note)}" for note in notes)])


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return _plain(text).replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*")


def _tsv(names: Sequence[str], sections: Iterable[Section]) -> str:
    rows = [["", *names]]
    for section in sections:
        rows += [[row.name, *(cell.text for cell in row.cells)] for row in section.rows]
    return "\n".join("\t".join(map(_plain, row)) for row in rows)


def _plain(text: str) -> str:
    """Return a cell in one line, without tabs."""
    return harmless(", ".join(text.splitlines()))
