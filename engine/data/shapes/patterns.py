"""Patterns of examples: what a row's question, answer and system prompt are made of.

A template file holds several of them, so that one row gives several examples:

    [[example]]
    prompt = "When was {company} founded?"
    completion = "{company} was founded in {year}."
    skip_empty = true   # rows without a year give no such example
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from engine.data.errors import DataError, RowError
from engine.data.reading.rows import excerpt, kind_of
from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import Record
from engine.data.shapes.exchanges import exchange
from engine.data.shapes.templates import Template

_TABLE = "example"
_TEXT_KEYS = ("prompt", "completion", "system")
_KEYS = (*_TEXT_KEYS, "skip_empty")


class Pattern(NamedTuple):
    """One way to make an example of a row.

    Attributes:
        prompt: the user's words.
        completion: the assistant's answer.
        system: the system prompt, if it has its own.
        skip_empty: make none of a row in which a column that it needs is empty.
    """

    prompt: Template
    completion: Template
    system: Template | None = None
    skip_empty: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it shows."""
        return frozenset(name for template in self._templates() for name in template.columns)

    def check(self, columns: Collection[str]) -> None:
        """Make sure that every column named exists.

        Raises:
            DataError: naming the unknown column, the ones there are and the likeliest.
        """
        for template in self._templates():
            template.check(columns)

    def empty_columns(self, row: dict[str, Any]) -> list[str]:
        """Return the columns because of which the row is to be skipped; none if it is not."""
        if not self.skip_empty:
            return []
        names = [name for template in self._templates() for name in template.empty_columns(row)]
        return list(dict.fromkeys(names))

    def as_json(self) -> dict[str, Any]:
        """Return the pattern as a template file has it."""
        given = zip(_TEXT_KEYS, (self.prompt, self.completion, self.system), strict=True)
        texts = {key: template.text for key, template in given if template is not None}
        return {**texts, **({"skip_empty": True} if self.skip_empty else {})}

    @property
    def bare(self) -> frozenset[str]:
        """The columns that are texts of the example as they are."""
        names = (template.bare for template in self._templates())
        return frozenset(name for name in names if name is not None)

    def example(self, row: dict[str, Any], shown: Collection[str]) -> Record:
        """Return the example that the row gives, with the columns that are not shown already.

        Raises:
            RowError: if the row lacks a column or holds what JSON has not.
        """
        system = None if self.system is None else self.system.fill(row)
        example = exchange(self.prompt.fill(row), self.completion.fill(row), system)
        return with_columns(example, row, shown)

    def _templates(self) -> list[Template]:
        given = (self.prompt, self.completion, self.system)
        return [template for template in given if template is not None]


def examples_of(patterns: Collection[Pattern], row: dict[str, Any]) -> list[Record]:
    """Return the examples that the row gives, one a pattern at most.

    Raises:
        RowError: if a pattern cannot be filled, or the row gives no example at all.
    """
    skipped: dict[str, None] = {}
    examples = []
    # What all examples of a row show; each of them keeps every other column.
    bare = frozenset.intersection(*(pattern.bare for pattern in patterns))
    shown = {name for name in bare if isinstance(row.get(name), str)}
    for pattern in patterns:
        if empty := pattern.empty_columns(row):
            skipped.update(dict.fromkeys(empty))
        else:
            examples.append(pattern.example(row, shown))
    if not examples:
        names = ", ".join(f"'{excerpt(name, 40)}'" for name in skipped)
        raise RowError(f"gives no example: there is nothing in {names}")
    return examples


def read_patterns(path: Path) -> tuple[Pattern, ...]:
    """Read a template file.

    Raises:
        DataError: naming everything that is wrong with it, with its place.
    """
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8, which a template file must be.") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path} is not TOML: {error}.") from error
    return parse_patterns(str(path), document)


def parse_patterns(name: str, document: dict[str, Any]) -> tuple[Pattern, ...]:
    """Make patterns of a template file's content.

    Args:
        name: the file, for messages.
        document: what TOML made of it.

    Raises:
        DataError: naming everything that is wrong with it, with its place.
    """
    faults = [_unknown_key(key, (_TABLE,)) for key in document if key != _TABLE]
    tables = document.get(_TABLE, [])
    if not isinstance(tables, list) or not tables:
        faults.append(f"there is no [[{_TABLE}]] table: each holds a prompt and a completion")
        tables = []
    patterns = []
    for number, table in enumerate(tables, 1):
        place = f"[[{_TABLE}]] {number}"
        found, pattern = _pattern(table)
        faults += [f"{place}: {fault}" for fault in found]
        if pattern is not None:
            patterns.append(pattern)
    if faults:
        raise DataError("\n".join(f"{name}: {fault}" for fault in faults))
    return tuple(patterns)


def _pattern(table: object) -> tuple[list[str], Pattern | None]:
    """Return what is wrong with a table, and the pattern if nothing is."""
    if not isinstance(table, dict):
        return [f"is {kind_of(table)}, not a table"], None
    faults = [_unknown_key(key, _KEYS) for key in table if key not in _KEYS]
    faults += [f"it has no {key}" for key in ("prompt", "completion") if key not in table]
    templates: dict[str, Template] = {}
    for key in _TEXT_KEYS:
        if key in table:
            try:
                templates[key] = _template(table[key])
            except DataError as error:
                faults.append(f"{key}: {error}")
    skip_empty = table.get("skip_empty", False)
    if not isinstance(skip_empty, bool):
        faults.append("skip_empty is neither true nor false")
    if faults:
        return faults, None
    return [], Pattern(**templates, skip_empty=skip_empty)


def _template(value: object) -> Template:
    if not isinstance(value, str):
        raise DataError(f"is {kind_of(value)}, not a text")
    return Template.parse(value)


def _unknown_key(key: str, known: tuple[str, ...]) -> str:
    import difflib

    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there is: {', '.join(known)}"
    return f"unknown key '{excerpt(key, 40)}' ({hint})"
