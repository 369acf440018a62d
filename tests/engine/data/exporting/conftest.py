"""Small examples, and rows as targets make them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.data.errors import RowError
from engine.data.exporting.targets import PLANS, Target
from engine.data.shapes.example import Record

SYSTEM = {"role": "system", "content": "Be kind."}
USER = {"role": "user", "content": "Hi"}
ASSISTANT = {"role": "assistant", "content": "Hello!"}
OTHER = {"role": "assistant", "content": "What."}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}
CALLING: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": [CALL]}
SEEN = {"role": "tool", "content": "-3", "tool_call_id": "call_1"}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


def chat(*messages: dict[str, Any], **others: object) -> Record:
    return {"messages": list(messages), **others}


def pair(*prompt: dict[str, Any], **others: object) -> Record:
    return {
        "input": {"messages": list(prompt)},
        "preferred_output": [ASSISTANT],
        "non_preferred_output": [OTHER],
        **others,
    }


def row_of(record: Record, to: Target, *, columns: bool = True) -> dict[str, Any]:
    return PLANS[to].shaped(record, columns)


def refusal_of(record: Record, to: Target, *, columns: bool = True) -> str:
    with pytest.raises(RowError) as caught:
        row_of(record, to, columns=columns)
    return str(caught.value)


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
