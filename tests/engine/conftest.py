"""Labs of their own, and data to train on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.lab import Lab
from engine.places import Places


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A lab where nothing was ever recorded."""
    home = tmp_path / "home"
    with Lab(Places(home, home / "ftlab.db"), role="cli") as opened:
        yield opened


@pytest.fixture(scope="session")
def sums_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty short examples, a line of chat each."""
    file = tmp_path_factory.mktemp("sums") / "sums.jsonl"
    file.write_text("".join(_sum(number) for number in range(60)))
    return file


def _sum(number: int) -> str:
    asked = {"role": "user", "content": f"What is {number} + {number}?"}
    answered = {"role": "assistant", "content": f"It is {2 * number}."}
    return json.dumps({"messages": [asked, answered]}) + "\n"
