"""Whether the model that a job began with is still the same: a job goes on from that one alone.

An adapter's checkpoint holds nothing of the base model, and a tokenizer that changed would give
other tokens. A file is known by its size and by pieces that lie evenly in it: training changes a
model everywhere, and reading many gigabytes whole would hold up every start.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import LabError
from engine.training.durable import write_whole

if TYPE_CHECKING:
    from engine.training.plan import TrainingPlan

FILE = "base.json"
"""In the run folder: what the files of the model were like when the job began."""

_SUFFIXES = {".safetensors", ".json", ".jinja", ".model", ".txt"}
_PIECES = 64
_PIECE_BYTES = 16 * 1024


def record(run: Path, plan: TrainingPlan) -> None:
    """Note what the files of a plan's model are like; the first note of a run stays."""
    if not (run / FILE).exists():
        found = {name: _fingerprint(path) for name, path in _files(plan).items()}
        write_whole(run / FILE, json.dumps(found, indent=2))


def check(run: Path, plan: TrainingPlan) -> None:
    """See that the files of a plan's model are as they were; without a note they are taken so.

    Raises:
        LabError: naming one that is not.
    """
    try:
        expected = json.loads((run / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return
    files = _files(plan)
    for name in sorted(expected.keys() | files.keys()):
        if name not in files:
            raise LabError(f"the job cannot go on: its model has no {name} any more; put it back")
        if expected.get(name) != _fingerprint(files[name]):
            raise LabError(
                f"the job cannot go on: {files[name]} is not as it was when it began. Put it back, "
                "or train again as a new job"
            )


def _files(plan: TrainingPlan) -> dict[str, Path]:
    """Return what a model is read from, by names that stay when the data directory moves.

    A model that a hub gives, or that is made for the job, has no files of its own yet.
    """
    base = Path(plan.base_model)
    folders = {"base": base if base.is_absolute() else None, "adapter": plan.adapter}
    return {
        f"{role}/{path.name}": path
        for role, folder in folders.items()
        if folder is not None
        for path in folder.iterdir()
        if path.suffix in _SUFFIXES and path.is_file()
    }


def _fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file's size and pieces: of all of it if it is small."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        found = hashlib.sha256(str(size).encode())
        stride = max(_PIECE_BYTES, size // _PIECES)
        for place in (*range(0, size, stride), max(0, size - _PIECE_BYTES)):
            file.seek(place)
            found.update(file.read(_PIECE_BYTES))
    return found.hexdigest()
