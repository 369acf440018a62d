"""Which shape a row is of, by the names of its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from functools import lru_cache, partial
from typing import Any, NamedTuple

from engine.data.errors import RowError
from engine.data.reading.rows import excerpt
from engine.data.shapes import question_answer
from engine.data.shapes.alpaca import from_alpaca
from engine.data.shapes.canonical import ordered_example
from engine.data.shapes.chat import from_chat
from engine.data.shapes.example import Kind, Record, columns_of
from engine.data.shapes.exchanges import SYSTEM_COLUMNS
from engine.data.shapes.pairs import from_pair
from engine.data.shapes.preference import from_preference
from engine.data.shapes.prompt_completion import from_prompt_completion
from engine.data.shapes.sharegpt import from_sharegpt

_MOST_NAMES = 20
_KNOWN_LAYOUTS = 1024
_DELIMITED = re.compile(r"\S[^\w{}'\"().-]\S")


class Shape(NamedTuple):
    """A way to keep examples.

    Attributes:
        name: what it is called.
        kind: what its examples are.
        fields: what a row has if it is of this shape.
        convert: a row in, an example out; raises RowError for a row that does not fit.
    """

    name: str
    kind: Kind
    fields: tuple[str, ...]
    convert: Callable[[dict[str, Any]], Record]


def _question_answer(question: str, answer: str) -> Shape:
    convert = partial(question_answer.from_question_answer, question=question, answer=answer)
    return Shape("question-answer", "chat", (question, answer), convert)


_DOLLY = partial(from_alpaca, material="context", answer="response")
SHAPES = (
    Shape("chat", "chat", ("messages",), from_chat),
    Shape(
        "preference",
        "preference",
        ("input", "preferred_output", "non_preferred_output"),
        from_preference,
    ),
    Shape("prompt-completion", "chat", ("prompt", "completion"), from_prompt_completion),
    Shape("alpaca", "chat", ("instruction", "output"), from_alpaca),
    Shape("alpaca", "chat", ("instruction", "response"), _DOLLY),
    Shape("sharegpt", "chat", ("conversations",), from_sharegpt),
    Shape("chosen-rejected", "preference", ("chosen", "rejected"), from_pair),
    Shape("chosen-rejected", "preference", ("conversations", "chosen", "rejected"), from_pair),
    *(_question_answer(question, answer) for question, answer in question_answer.COLUMNS),
)
"""The shapes that are recognized without being told; of two for chat the earlier one counts."""

_KNOWN_NAMES = frozenset(field for shape in SHAPES for field in shape.fields) | {
    *SYSTEM_COLUMNS,
    *("context", "history", "tools", "functions", "parallel_tool_calls"),
}
"""The fields of all shapes, those among them that an example need not have."""

SHAPE_NAMES = tuple(dict.fromkeys(shape.name for shape in SHAPES))


@lru_cache(_KNOWN_LAYOUTS)
def recognized(columns: tuple[str, ...], name: str | None = None) -> Shape:
    """Return the shape of a row with these columns.

    Args:
        columns: the row's columns.
        name: the shape that it is said to be of, which ends every doubt.

    Raises:
        RowError: if no shape fits, or shapes of both kinds do.
    """
    fitting = [shape for shape in fitting_shapes(columns) if name in (None, shape.name)]
    if not fitting:
        raise RowError(_named_but_missing(columns, name) if name else unrecognized(columns))
    chat = [shape for shape in fitting if shape.kind == "chat"]
    pairs = [shape for shape in fitting if shape.kind == "preference"]
    if chat and pairs:
        raise RowError(_mixed(chat[0], pairs[0]))
    return fitting[0]


def fitting_shapes(columns: Collection[str]) -> list[Shape]:
    """Return the shapes whose fields are all there, less those that others contain.

    Where none fits, letter case and blanks around a name do not matter.
    """
    meant = _meant(columns)
    found = _fitting(columns)
    if found or not meant:
        return found
    names = [meant.get(name, name) for name in columns]
    return [
        shape._replace(convert=partial(_converted, shape.convert, meant))
        for shape in _fitting(names)
    ]


def _fitting(columns: Collection[str]) -> list[Shape]:
    found = [shape for shape in SHAPES if all(field in columns for field in shape.fields)]
    return [
        shape
        for shape in found
        if not any(set(shape.fields) < set(other.fields) for other in found)
    ]


_WORD = re.compile("[a-z]+")
_ASKED = ("question", "prompt", "instruction", "input", "query", "request", "message", "problem")
_ANSWERED = ("answer", "reply", "response", "completion", "output", "solution", "label", "target")
"""Words in the names of columns, of those that nothing else is recognized by."""


def _meant(columns: Collection[str]) -> dict[str, str]:
    """Return the fields that columns mean whose names are written in another way."""
    plain = {name: name.strip().lower() for name in columns}
    times = Counter(plain.values())
    return {
        name: field
        for name, field in plain.items()
        if name != field and field in _KNOWN_NAMES and times[field] == 1
    }


def _converted(
    convert: Callable[[dict[str, Any]], Record], meant: dict[str, str], row: dict[str, Any]
) -> Record:
    """Convert a row by what its columns mean; those that stay beside the example keep their names.

    Raises:
        RowError: saying what is wrong with the row.
    """
    example = convert({meant.get(name, name): value for name, value in row.items()})
    beside = columns_of(example)
    names = {field: name for name, field in meant.items() if field in beside}
    if not names:
        return example
    return ordered_example({names.get(key, key): value for key, value in example.items()})


def unrecognized(columns: Collection[str]) -> str:
    """Say which columns a row or file has and what to do, as a clause."""
    names = list(columns)
    meant = _meant(columns)
    plain = [meant.get(name, name) for name in names]
    if [name.strip().lower() for name in names] == ["text"]:
        return (
            "has only text, which does not tell what is asked from what is answered. Put them in "
            f"two columns, or train on whole texts with --prompt '' --completion '{{{names[0]}}}'"
        )
    begun = [shape for shape in SHAPES if any(field in plain for field in shape.fields)]
    if begun:
        shape = max(begun, key=lambda shape: _share(shape, plain))
        there = " and ".join(field for field in shape.fields if field in plain)
        missing = " and ".join(field for field in shape.fields if field not in plain)
        others = [name for name in names if meant.get(name, name) not in shape.fields]
        beside = f", beside {_listed(others)}" if others else ""
        return f"has {there} but no {missing}{beside}. {_advice(names)}"
    if len(names) == 1 and _DELIMITED.search(names[0]):
        return (
            f"has one column only, '{excerpt(names[0], 60)}'. If something stands between its "
            "cells, say what with --delimiter (for instance --delimiter space)"
        )
    listed = _listed(names)
    what = f"has columns of no known shape: {listed}" if names else "has no columns"
    return f"{what}. {_advice(names)}"


def _share(shape: Shape, names: list[str]) -> float:
    return sum(field in names for field in shape.fields) / len(shape.fields)


def _advice(names: list[str]) -> str:
    """Return how to make examples of these columns; they are named where their names tell."""
    usable = [name for name in names if name.isprintable() and not set(name) & set("{}'")]
    asked = next((name for name in usable if _sounds_like(name, _ASKED)), None)
    answered = next((name for name in usable if _sounds_like(name, _ANSWERED)), None)
    if usable and (asked is None or answered is None):
        return (
            f"Say how to make examples of it: --prompt '{{{asked or '…'}}}' --completion "
            f"'{{{answered or '…'}}}', with a column's name for each …"
        )
    return (
        "Say how to make examples of it, for instance with "
        f"--prompt '{{{asked or 'question'}}}' --completion '{{{answered or 'answer'}}}'"
    )


def _sounds_like(name: str, words: Collection[str]) -> bool:
    return not set(_WORD.findall(name.lower())).isdisjoint(words)


def _mixed(chat: Shape, pair: Shape) -> str:
    return (
        f"has both {' and '.join(chat.fields)} (an example to learn) and "
        f"{', '.join(pair.fields)} (a preference). Say which counts: "
        f"--shape {chat.name} or --shape {pair.name}"
    )


def _named_but_missing(columns: Collection[str], name: str) -> str:
    needed = " or ".join(" and ".join(s.fields) for s in SHAPES if s.name == name)
    return f"is not of the shape {name}, which has {needed}; it has {_listed(list(columns))}"


def _listed(names: list[str]) -> str:
    shown = [excerpt(name, 40) for name in names[:_MOST_NAMES]]
    return ", ".join(shown) + (", …" if len(names) > _MOST_NAMES else "") if shown else "nothing"
