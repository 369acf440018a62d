"""Rows to check, and what the rules find in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.data.checking.rows import method_of, row_problems
from engine.data.reading.reader import RowList
from engine.data.reading.rows import BadRow, Row

Message = dict[str, Any]

SYSTEM: Message = {"role": "system", "content": "Be brief."}
QUESTION: Message = {"role": "user", "content": "How many clips?"}
ANSWER: Message = {"role": "assistant", "content": "24 clips."}
TOOLS = [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}]


def chat(*messages: object, **others: object) -> dict[str, Any]:
    """A row of chat."""
    return {"messages": list(messages), **others}


def asked(question: str, answer: str, system: str | None = None) -> dict[str, Any]:
    """A row of one question and its answer."""
    messages = [QUESTION | {"content": question}, ANSWER | {"content": answer}]
    return {"messages": messages if system is None else [SYSTEM | {"content": system}, *messages]}


def found(row: dict[str, Any]) -> list[tuple[str, str]]:
    """The rules that find something in a row, and where."""
    return [(problem.rule, problem.place) for problem in row_problems(row, method_of(row))]


def said(row: dict[str, Any]) -> list[str]:
    """What the rules say of a row."""
    return [problem.message for problem in row_problems(row, method_of(row))]


def batch(rows: Iterable[dict[str, Any] | BadRow], first: int = 1) -> RowList:
    """The rows as a reader gives them, one a line."""
    return RowList([Row(line, row) for line, row in enumerate(rows, first)])
