"""By what examples are grouped or balanced: a column, the answer, the prompt, the system prompt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from engine.data.errors import DataError
from engine.data.reading.rows import excerpt
from engine.data.shapes.example import Record, columns_of, messages_of, texts_of

Criterion = Callable[[Record], str]

_MOST_NAMES = 20


def answer_of(record: Record) -> str:
    """Return the text of the last message of the assistant; the preferred one of two."""
    messages = record.get("messages") or record["preferred_output"]
    spoken = (message for message in reversed(messages) if message.get("role") == "assistant")
    return "\n".join(texts_of(next(spoken, {})))


def prompt_of(record: Record) -> str:
    """Return everything that is said before the last answer, roles and all, as one text."""
    messages = record["messages"][:-1] if "messages" in record else record["input"]["messages"]
    return json.dumps(messages, ensure_ascii=False)


def system_of(record: Record) -> str:
    """Return the system prompt; an empty text if there is none."""
    spoken = (m for m in messages_of(record) if m.get("role") in ("system", "developer"))
    return "\n".join(texts_of(next(spoken, {})))


_NAMED: dict[str, Criterion] = {"answer": answer_of, "prompt": prompt_of, "system": system_of}


def numbered(records: Iterable[Record], by: str) -> list[int]:
    """Return for every example the number of its value, equal ones having equal numbers.

    Args:
        records: the examples.
        by: `answer`, `prompt`, `system`, or the name of a column that stands beside the messages.
            A column of that name goes before the words of ours; examples without it count as equal.

    Raises:
        DataError: if no example has such a column; it names the columns that there are.
    """
    numbers: dict[str, int] = {}
    found: list[int] = []
    seen: dict[str, None] = {}
    next_number = count()
    has_column = False
    for record in records:
        columns = columns_of(record)
        seen.update(dict.fromkeys(columns))
        has_column = has_column or by in columns
        value = _value(record, columns, by)
        if value not in numbers:
            numbers[value] = next(next_number)
        found.append(numbers[value])
    if found and not has_column and by not in _NAMED:
        raise DataError(_unknown(by, list(seen)))
    return found


def _value(record: Record, columns: dict[str, Any], by: str) -> str:
    if by in columns:
        return json.dumps(columns[by], ensure_ascii=False, sort_keys=True)
    named = _NAMED.get(by)
    return "" if named is None else named(record)


def _unknown(by: str, columns: list[str]) -> str:
    import difflib

    known = [*columns, *_NAMED]
    close = difflib.get_close_matches(by, known, n=1)
    hint = f"did you mean '{excerpt(close[0], 40)}'? " if close else ""
    listed = ", ".join(excerpt(name, 40) for name in known[:_MOST_NAMES])
    return f"No example has a column '{excerpt(by, 40)}' ({hint}there is: {listed})."
