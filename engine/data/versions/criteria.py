"""By what examples are grouped or balanced: a column, the answer, the prompt, the system prompt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from engine.data.cleaning.exact import prompt_text
from engine.data.errors import DataError
from engine.data.reading.rows import excerpt
from engine.data.shapes.example import Record, columns_of, messages_of, texts_of

Criterion = Callable[[Record], str]

_MOST_NAMES = 20
_NAME_LENGTH = 40


def answer_of(record: Record) -> str:
    """Return the text of the last message of the assistant; the preferred one of two."""
    messages = record.get("messages") or record["preferred_output"]
    spoken = (message for message in reversed(messages) if message.get("role") == "assistant")
    return "\n".join(texts_of(next(spoken, {})))


def system_of(record: Record) -> str:
    """Return the system prompt; an empty text if there is none."""
    spoken = (m for m in messages_of(record) if m.get("role") in ("system", "developer"))
    return "\n".join(texts_of(next(spoken, {})))


_NAMED: dict[str, Criterion] = {"answer": answer_of, "prompt": prompt_text, "system": system_of}


@dataclass(frozen=True, slots=True)
class Values:
    """What a criterion says of every example.

    Attributes:
        numbers: for every example the number of its value, in the order in which values turned up.
        names: the beginning of each value, safe to print.
        none: the number that stands for no value (no such column, null, a blank text); None if
            every example has one.
    """

    numbers: list[int]
    names: list[str]
    none: int | None

    @property
    def without(self) -> int:
        """How many examples have no value."""
        return 0 if self.none is None else self.numbers.count(self.none)

    def groups(self) -> list[int]:
        """Return the group of every example: one of its own for each that has no value."""
        if self.none is None:
            return self.numbers
        alone = count(len(self.names))
        return [next(alone) if number == self.none else number for number in self.numbers]


def values_of(records: Iterable[Record], by: str) -> Values:
    """Tell which examples have equal values.

    Args:
        records: the examples.
        by: `answer`, `prompt`, `system`, or the name of a column that stands beside the messages. A
            column of that name goes before the words of ours.

    Raises:
        DataError: if no example has such a column; it names the columns that there are.
    """
    numbers: dict[bytes, int] = {}
    names: list[str] = []
    found: list[int] = []
    seen: dict[str, None] = {}
    for record in records:
        columns = columns_of(record)
        seen.update(dict.fromkeys(columns))
        value = _value(record, columns, by)
        key = _key(value)
        if key not in numbers:
            numbers[key] = len(names)
            names.append(_name(value))
        found.append(numbers[key])
    if found and by not in seen and by not in _NAMED:
        raise DataError(_unknown(by, list(seen)))
    return Values(found, names, numbers.get(_key(None)))


def _value(record: Record, columns: dict[str, Any], by: str) -> object:
    """Return an example's value, None for none."""
    named = _NAMED.get(by)
    value = columns[by] if by in columns else named and named(record)
    return None if isinstance(value, str) and not value.strip() else value


def _key(value: object) -> bytes:
    """Return 16 bytes that stand for a value, so that a million long answers need little memory."""
    text = json.dumps(value, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _name(value: object) -> str:
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return excerpt(text, _NAME_LENGTH)


def _unknown(by: str, columns: list[str]) -> str:
    import difflib

    known = [*columns, *_NAMED]
    close = difflib.get_close_matches(by, known, n=1)
    hint = f"did you mean '{excerpt(close[0], _NAME_LENGTH)}'? " if close else ""
    listed = ", ".join(excerpt(name, _NAME_LENGTH) for name in known[:_MOST_NAMES])
    return f"No example has a column '{excerpt(by, _NAME_LENGTH)}' ({hint}there is: {listed})."
