"""The shapes in which people keep examples, and how each becomes `{"messages": [...]}`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from engine.data.errors import DataError, RowError
from engine.data.reading.rows import excerpt, kind_of
from engine.data.shapes.canonical import (
    PLAIN_MESSAGE_LENGTH,
    canonical_line,
    is_plain,
    ordered_example,
    ordered_message,
)
from engine.data.shapes.templates import Template

ROLES = ("system", "developer", "user", "assistant", "tool")
"""The roles that a message may have."""
_LISTED_ROLES = ", ".join(ROLES)

Converter = Callable[[dict[str, Any]], dict[str, Any]]
"""A row in, an example out; raises RowError for a row that does not fit."""


class Shape(NamedTuple):
    """A way to keep examples.

    Attributes:
        fields: what a row has if it is of this shape.
        convert: what makes an example of it.
    """

    fields: frozenset[str]
    convert: Converter


def from_chat(row: dict[str, Any]) -> dict[str, Any]:
    """Check a row of chat `messages` and put its keys in order; everything in it is kept.

    Raises:
        RowError: naming the field that is wrong.
    """
    messages = row["messages"]
    if not isinstance(messages, list):
        raise RowError(f"has {kind_of(messages)} in messages, not a list")
    checked = [_message(place, message) for place, message in enumerate(messages)]
    if "assistant" not in [message["role"] for message in checked]:
        raise RowError("has no assistant message in messages: there is nothing to learn from it")
    plain = {"messages": checked}
    if len(row) == 1 and is_plain(plain):
        return plain
    example = ordered_example(row | plain)
    # What goes beyond texts can hold NaN or Infinity, which JSON has not: this finds them.
    canonical_line(example)
    return example


def from_prompt_completion(row: dict[str, Any]) -> dict[str, Any]:
    """Turn a `prompt` and its `completion` into a user's and an assistant's message, as they stand.

    Raises:
        RowError: if one of them is no text.
    """
    return _exchange(_text(row, "prompt"), _text(row, "completion"))


SHAPES = (
    Shape(frozenset({"messages"}), from_chat),
    Shape(frozenset({"prompt", "completion"}), from_prompt_completion),
)
"""The shapes that are recognized without being told, the first that fits counts."""


class Conversion:
    """How the rows of one file become examples.

    With `prompt` and `completion` templates every row is filled into them; without, its shape is
    recognized. `system` (a template too) is put before the messages of examples that begin with
    neither a system nor a developer message.

    Args:
        prompt: the template of the user's words.
        completion: the template of the assistant's answer.
        system: the template of the system message.

    Raises:
        DataError: if a template is wrong, or one of prompt and completion stands alone.
    """

    def __init__(
        self, prompt: str | None = None, completion: str | None = None, system: str | None = None
    ) -> None:
        if (prompt is None) != (completion is None):
            raise DataError("--prompt and --completion go together: give both or neither.")
        self._prompt = _parsed(prompt)
        self._completion = _parsed(completion)
        self._system = _parsed(system)

    def check(self, name: str, columns: Collection[str]) -> None:
        """Make sure that a file with these columns can become examples.

        Args:
            name: the file, for the message.
            columns: the columns it is known to have; with none nothing is checked.

        Raises:
            DataError: if no shape fits or a template names an unknown column.
        """
        if not columns:
            return
        for template in (self._prompt, self._completion, self._system):
            if template is not None:
                template.check(columns)
        if self._prompt is None and _shape(columns) is None:
            raise DataError(f"{name} {_unrecognized(columns)}")

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Turn a row into an example.

        Raises:
            RowError: saying what is wrong with the row.
        """
        example = self._converted(row)
        if self._system is None or example["messages"][0]["role"] in ("system", "developer"):
            return example
        system = {"role": "system", "content": self._system.fill(row)}
        return example | {"messages": [system, *example["messages"]]}

    def _converted(self, row: dict[str, Any]) -> dict[str, Any]:
        if self._prompt is not None and self._completion is not None:
            return _exchange(self._prompt.fill(row), self._completion.fill(row))
        shape = _shape(row.keys())
        if shape is None:
            raise RowError(_unrecognized(row.keys()))
        return shape.convert(row)


def _parsed(text: str | None) -> Template | None:
    return None if text is None else Template.parse(text)


def _shape(columns: Collection[str]) -> Shape | None:
    for shape in SHAPES:
        if all(map(columns.__contains__, shape.fields)):
            return shape
    return None


def _unrecognized(columns: Collection[str]) -> str:
    names = list(columns)
    listed = excerpt(", ".join(names)) or "no fields"
    return (
        f"has neither messages nor prompt and completion, but {listed}. Say how to make examples "
        "of it, for instance with --prompt '{question}' --completion '{answer}'"
    )


def _message(place: int, message: object) -> dict[str, Any]:
    if not isinstance(message, dict):
        raise RowError(f"has {kind_of(message)} in messages[{place}], not an object")
    role = message.get("role")
    if role not in ROLES:
        raise RowError(f"has {_named(role)} in messages[{place}].role; it can be {_LISTED_ROLES}")
    content = message.get("content")
    if not isinstance(content, str):
        _require_tool_calls(place, message)
    if len(message) == PLAIN_MESSAGE_LENGTH and "content" in message:
        return {"role": role, "content": content}
    return ordered_message(message | {"content": content})


def _require_tool_calls(place: int, message: dict[str, Any]) -> None:
    """Accept a message without a text only if it calls tools instead."""
    where = f"messages[{place}].content"
    content = message.get("content")
    if content is not None:
        raise RowError(f"has {kind_of(content)} in {where}, not a text")
    calls = message.get("tool_calls")
    if not isinstance(calls, list) or not calls:
        missing = "null" if "content" in message else "nothing"
        raise RowError(f"has {missing} in {where}, which only tool_calls can stand in for")


def _exchange(prompt: str, completion: str) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": completion},
        ]
    }


def _text(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise RowError(f"has {kind_of(value)} in {name}, not a text")
    return value


def _named(value: object) -> str:
    return f"'{excerpt(value, 40)}'" if isinstance(value, str) else kind_of(value)
