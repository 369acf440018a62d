"""Checkpoints to trust: one counts only when its manifest, written last, says that it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

FOLDER = "checkpoints"
_MANIFEST = "complete.json"
_PREFIX = "checkpoint-"


def folder_of(run: Path, step: int) -> Path:
    """Return the folder of a run's checkpoint."""
    return run / FOLDER / f"{_PREFIX}{step}"


def seal(run: Path, step: int) -> None:
    """Make a checkpoint whole: sync its files, then write sizes and hashes as its manifest."""
    folder = folder_of(run, step)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    manifest = {
        str(file.relative_to(folder)): {"bytes": file.stat().st_size, "sha256": _digest(file)}
        for file in files
    }
    for file in files:
        _sync(file)
    partial = folder / f"{_MANIFEST}.partial"
    partial.write_text(json.dumps(manifest, indent=1) + "\n")
    _sync(partial)
    partial.rename(folder / _MANIFEST)
    _sync(folder)


def is_whole(run: Path, step: int) -> bool:
    """Tell whether a checkpoint has its manifest and its files are as that says."""
    folder = folder_of(run, step)
    try:
        manifest = json.loads((folder / _MANIFEST).read_text())
        return all(
            (folder / name).stat().st_size == entry["bytes"]
            and _digest(folder / name) == entry["sha256"]
            for name, entry in manifest.items()
        )
    except (OSError, ValueError):
        return False


def latest_complete(run: Path) -> int | None:
    """Return the step of the newest checkpoint that is whole, None if there is none."""
    return next((step for step in reversed(_steps(run)) if is_whole(run, step)), None)


def prune(run: Path, keep: int) -> None:
    """Remove all but the newest sealed checkpoints, and what older attempts left unsealed."""
    steps = _steps(run)
    sealed = [step for step in steps if (folder_of(run, step) / _MANIFEST).exists()]
    kept = set(sealed[-keep:])
    for step in steps:
        if step not in kept and (not kept or step < max(kept)):
            shutil.rmtree(folder_of(run, step))


def discard_after(run: Path, step: int) -> None:
    """Remove the checkpoints of later steps: training goes on from before them."""
    for later in _steps(run):
        if later > step:
            shutil.rmtree(folder_of(run, later))


def _steps(run: Path) -> list[int]:
    names = (folder.name for folder in (run / FOLDER).glob(f"{_PREFIX}*"))
    return sorted(int(name[len(_PREFIX) :]) for name in names if name[len(_PREFIX) :].isdigit())


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
