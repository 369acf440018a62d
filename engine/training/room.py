"""Room on the disk for checkpoints: whether there is enough, and what an error says of it."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

from engine.training import checkpoints

_SPARE = 1.1
"""How much more than the last checkpoint the next one is given."""

_STATES = 3
"""A trained weight is saved with the two averages that AdamW keeps of its gradient."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def needed(run_dir: Path, model: Any) -> int:  # noqa: ANN401 (a model with or without adapter)
    """Return how many bytes a checkpoint will take, by the last one or else by the model."""
    last = checkpoints.latest_complete(run_dir)
    if last is not None:
        return int(_SPARE * checkpoints.size(run_dir, last))
    trained = (weight for weight in model.parameters() if weight.requires_grad)
    return int(_SPARE * _STATES * sum(each.numel() * each.element_size() for each in trained))


def free(run_dir: Path) -> int:
    """Return how many bytes this process may still write beside a run folder."""
    return shutil.disk_usage(run_dir).free


def is_lack_of_room(error: Exception) -> bool:
    """Tell whether an error means that a disk, or one's share of it, is full.

    The libraries that write weights put the system's word into errors of their own.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _FULL
    said = str(error)
    return any(os.strerror(code) in said for code in _FULL) or "PytorchStreamWriter failed" in said


def in_words(count: float) -> str:
    """Return a number of bytes as people write it."""
    for unit in _UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"
