"""Checkpoints of a run: which are whole, which to keep.

A checkpoint is a folder `checkpoints/checkpoint-STEP`. What makes it whole is a marker in it, which
names every other file with its size and SHA-256 and is written last, when all of them are on the
disk. Without it the folder is what a killed process left behind.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from engine.training import layout
from engine.training.durable import sync_tree, write_whole

MARKER = "complete.json"
_DAMAGED = "damaged.json"
_FORMAT = 1


class CheckpointError(Exception):
    """A checkpoint that training cannot go on from."""


def latest_complete(run_dir: Path) -> int | None:
    """Return the step of the newest checkpoint with all its files in full size, None without one.

    Contents are not read; `verify` does that.
    """
    steps = sorted(_steps(run_dir), reverse=True)
    return next((step for step in steps if is_whole(run_dir, step)), None)


def verify(run_dir: Path, step: int) -> None:
    """Read a checkpoint and compare it with its marker.

    Raises:
        CheckpointError: if it is not whole, saying what is wrong.
    """
    folder, files = layout.checkpoint(run_dir, step), _marked(run_dir, step)
    _check_sizes(folder, files)
    for name, expected in files.items():
        if _sha256(folder / name) != expected["sha256"]:
            raise CheckpointError(f"{folder / name} is damaged: its content has changed")


def check_ranks(run_dir: Path, step: int, devices: int) -> None:
    """See that a checkpoint has the random numbers of as many ranks as there will be.

    Raises:
        CheckpointError: if it was saved by more or fewer.
    """
    saved = len(list(layout.checkpoint(run_dir, step).glob("rng_state_[0-9]*.pth"))) or 1
    if saved != devices:
        raise CheckpointError(
            f"the checkpoint of step {step} was saved by training on {saved} devices; it cannot "
            f"go on with {devices}"
        )


def seal(run_dir: Path, step: int) -> None:
    """Make what was written into a checkpoint's folder whole."""
    folder = layout.checkpoint(run_dir, step)
    sync_tree(folder)
    files = {path.relative_to(folder).as_posix(): _described(path) for path in _files(folder)}
    write_whole(folder / MARKER, json.dumps({"format": _FORMAT, "step": step, "files": files}))


def discard(run_dir: Path, step: int) -> None:
    """Remove a checkpoint, if it exists; its marker goes first."""
    folder = layout.checkpoint(run_dir, step)
    (folder / MARKER).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def discard_after(run_dir: Path, step: int) -> None:
    """Remove what lies past a step, for training goes on from there."""
    for later in _steps(run_dir):
        if later > step:
            discard(run_dir, later)


def keep_newest(run_dir: Path, count: int, best: int | None = None) -> None:
    """Remove all but the newest whole checkpoints, and what is not whole.

    Args:
        run_dir: the run folder.
        count: how many are kept.
        best: the step of one that is kept however old it is.
    """
    complete = sorted(step for step in _steps(run_dir) if is_whole(run_dir, step))
    for step in _steps(run_dir) - {*complete[-count:], best}:
        discard(run_dir, step)


def size(run_dir: Path, step: int) -> int:
    """Return how many bytes the files of a whole checkpoint have."""
    return sum(described["size"] for described in _marked(run_dir, step).values())


def is_whole(run_dir: Path, step: int) -> bool:
    """Tell whether a checkpoint has all its files in full size."""
    try:
        _check_sizes(layout.checkpoint(run_dir, step), _marked(run_dir, step))
    except CheckpointError:
        return False
    return True


def set_aside(run_dir: Path, step: int) -> None:
    """Let a damaged checkpoint no longer count as whole, but keep its files."""
    folder = layout.checkpoint(run_dir, step)
    if (folder / MARKER).exists():
        (folder / MARKER).rename(folder / _DAMAGED)


def _steps(run_dir: Path) -> set[int]:
    names = (path.name for path in (run_dir / layout.CHECKPOINTS).glob("checkpoint-*"))
    numbers = (name.removeprefix("checkpoint-") for name in names)
    return {int(number) for number in numbers if number.isdecimal()}


def _marked(run_dir: Path, step: int) -> dict[str, dict[str, Any]]:
    """Return the files that a checkpoint's marker names, with what it says of them."""
    marker = layout.checkpoint(run_dir, step) / MARKER
    try:
        files = json.loads(marker.read_text("utf-8"))["files"]
    except FileNotFoundError as error:
        raise CheckpointError(f"there is no whole checkpoint of step {step}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{marker} is damaged: it names no files") from error
    if not isinstance(files, dict):
        raise CheckpointError(f"{marker} is damaged: it names no files")
    return files


def _check_sizes(folder: Path, files: dict[str, dict[str, Any]]) -> None:
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            raise CheckpointError(f"{path} is missing")
        if path.stat().st_size != expected["size"]:
            size = path.stat().st_size
            raise CheckpointError(f"{path} is damaged: {size} bytes, not {expected['size']}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _described(path: Path) -> dict[str, Any]:
    return {"size": path.stat().st_size, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
