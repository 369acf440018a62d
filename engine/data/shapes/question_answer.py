"""Tables as they lie on Hugging Face: a question in one column and its answer in another."""

from __future__ import annotations

from typing import Any

from engine.data.errors import RowError
from engine.data.shapes.columns import with_columns
from engine.data.shapes.example import Record
from engine.data.shapes.exchanges import empty_columns, exchange, shown_system, system_of
from engine.data.shapes.fields import is_empty, require_text

COLUMNS = (
    ("question", "answer"),
    ("question", "response"),
    ("query", "response"),
    ("prompt", "response"),
    ("problem", "solution"),
    ("input", "output"),
)
"""The names under which question and answer are known, the most usual first."""

_MATERIAL = "context"


def from_question_answer(row: dict[str, Any], question: str, answer: str) -> Record:
    """Turn a question and its answer into a user's and an assistant's message, as they stand.

    Args:
        row: the row.
        question: the column of the question.
        answer: the column of the answer.

    Raises:
        RowError: if one of them is no text, or the question comes with a context: where in the
            prompt that goes, and with what words, decides what the model learns.
    """
    if not is_empty(row.get(_MATERIAL)):
        raise RowError(
            f"has a {_MATERIAL} beside {question} and {answer}. Say where it goes, for instance "
            f"with --prompt '{{{_MATERIAL}}} {{{question}}}' --completion '{{{answer}}}'"
        )
    asked, answered = require_text(row, question, question), require_text(row, answer, answer)
    example = exchange(asked, answered, system_of(row))
    shown = (question, answer, *shown_system(row), *empty_columns(row, [_MATERIAL]))
    return with_columns(example, row, shown)
