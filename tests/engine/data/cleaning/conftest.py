"""Real examples, and the quickest way to write one."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from engine.data.sample import sample_path
from engine.data.shapes.example import Record

Chat = Callable[..., Record]


def _chat(*texts: str) -> Record:
    roles = ("user", "assistant")
    return {
        "messages": [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)],
    }


@pytest.fixture(scope="session")
def chat() -> Chat:
    """Make an example of texts that the user and the assistant say in turn."""
    return _chat


@pytest.fixture(scope="session")
def exercises() -> list[Record]:
    """The 200 exercises that come with ftlab."""
    rows = map(json.loads, sample_path().read_text().splitlines())
    return [_chat(row["question"], row["answer"]) for row in rows]
