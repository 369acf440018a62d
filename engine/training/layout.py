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
"""Touched every two seconds."""

PROGRESS = "progress.jsonl"
"""What happened, a line each (`engine.training.progress`)."""

CANCEL = "cancel"
"""Exists if the stop that was asked for is for good."""

EVALUATIONS = "evaluations.json"
"""Losses on the validation examples, by step."""

CHECKPOINTS = "checkpoints"
"""States to go on from (`engine.training.checkpoints`)."""

CACHE = "cache"
"""The tokenized examples; made again if missing."""


def checkpoint(run_dir: Path, step: int) -> Path:
    """Return the folder of the checkpoint that was saved after a step."""
    return run_dir / CHECKPOINTS / f"checkpoint-{step}"
