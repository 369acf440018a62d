"""Datasets made of rows written in a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.data.versions.importing import Source
from engine.lab import Lab
from store.queries.datasets import DatasetRow

Add = Callable[..., DatasetRow]


def row(question: str, answer: str, **columns: object) -> dict[str, Any]:
    asked = {"role": "user", "content": question}
    return {"messages": [asked, {"role": "assistant", "content": answer}], **columns}


@pytest.fixture
def add(lab: Lab, tmp_path: Path) -> Add:
    """Records rows as a version of a name."""

    def record(name: str, *rows: dict[str, Any]) -> DatasetRow:
        file = tmp_path / "rows.jsonl"
        file.write_text("".join(json.dumps(found) + "\n" for found in rows))
        return lab.datasets.add(Source(file), name).version

    return record
