"""A lab with the dataset `sums`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.places import Places


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    home = tmp_path / "home"
    with Lab(Places(home, home / "ftlab.db"), role="cli") as opened:
        file = tmp_path / "sums.jsonl"
        file.write_text("".join(map(_sum, range(20))))
        opened.datasets.add(Source(file), "sums")
        yield opened


def _sum(number: int) -> str:
    asked = {"role": "user", "content": f"What is {number} + {number}?"}
    answered = {"role": "assistant", "content": f"It is {2 * number}."}
    return json.dumps({"messages": [asked, answered]}) + "\n"
