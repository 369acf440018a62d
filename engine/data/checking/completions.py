"""What is wrong with a prompt and its completion, the legacy format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.data.checking.messages import column_problems
from engine.data.checking.rules import Problem, shown
from engine.data.checking.texts import text_problems
from engine.data.reading.rows import kind_of
from engine.data.shapes.example import COMPLETION_KEYS


def completion_problems(row: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a row that should be a prompt with its completion.

    An empty prompt is none: it teaches the model to write of its own accord.
    """
    if "messages" in row and not any(key in row for key in COMPLETION_KEYS):
        yield Problem(
            "missing-prompt",
            "messages",
            "This is a chat example; a prompt with its completion is one question and its answer, "
            "both texts, without a system message or tools",
        )
        return
    for key in COMPLETION_KEYS:
        text = row.get(key)
        if not isinstance(text, str):
            what = (
                f"The {key} is {kind_of(text)}, not a text" if key in row else f"There is no {key}"
            )
            yield Problem(f"missing-{key}", key, what, "" if text is None else shown(text))
        else:
            yield from text_problems(text, key)
    completion = row.get("completion")
    if completion == "":
        yield Problem("missing-completion", "completion", "The completion is empty")
    elif isinstance(completion, str) and completion.isspace():
        yield Problem(
            "blank-content", "completion", "The completion is only white space", completion
        )
    yield from column_problems(row, COMPLETION_KEYS)
