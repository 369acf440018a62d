"""The names of the files in a run folder, through which a training process and others speak."""

from __future__ import annotations

from pathlib import Path

PLAN = "plan.json"
"""What to train; written before the process starts (`engine.training.plan`)."""

LOCK = "lock"
"""Held by the process for as long as it lives."""

IDENTITY = "process.json"
"""Which process it is (`engine.training.process`)."""

HEARTBEAT = "heartbeat"
"""Touched every two seconds; gone when the process has ended by itself."""

PROGRESS = "progress.jsonl"
"""What happened, a line each (`engine.training.progress`)."""

EVALUATIONS = "evaluations.json"
"""Losses on the validation examples, by step."""

CHECKPOINTS = "checkpoints"
"""States to go on from (`engine.training.checkpoints`)."""

BASE = "base"
"""The base model, if it was made for this job (`engine.training.scratch`)."""

CACHE = "cache"
"""The tokenized examples; made again if missing."""


def cancel(run_dir: Path, attempt: int) -> Path:
    """Return the file that exists if an attempt was asked to stop for good.

    Each attempt has its own, so that one asked for while the next begins is neither lost nor
    taken for an old one.
    """
    return run_dir / f"cancel-{attempt}"


def checkpoint(run_dir: Path, step: int) -> Path:
    """Return the folder of the checkpoint that was saved after a step."""
    return run_dir / CHECKPOINTS / f"checkpoint-{step}"
