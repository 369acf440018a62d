"""The sample data that comes with ftlab."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def sample_path() -> Path:
    """Return the file of 200 short GSM8K rows (`question`, `answer`), its licence beside it."""
    return Path(str(files("engine"))) / "sample" / "gsm8k.jsonl"
