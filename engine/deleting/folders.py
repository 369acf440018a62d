"""Deleting the folder of a model of this machine."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from engine.errors import LabError
from engine.training.durable import sync_folder

if TYPE_CHECKING:
    from pathlib import Path

    from engine.places import Places
    from store.queries.models import ModelRow


def folder_of(places: Places, model: ModelRow) -> Path:
    """Return the folder of a model, which is its own and nothing but its own.

    Raises:
        LabError: if what is recorded of it leads anywhere else.
    """
    folder = places.model(model.id)
    own = folder.parent == places.models and not model.id.startswith(".")
    if not own or model.path is None or places.home / model.path != folder:
        raise LabError(
            f"{model.name} is recorded as lying in {model.path}, which is no model's folder of "
            f"{places.home}: nothing of it is deleted"
        )
    return folder


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder; 0 if there is none."""
    if folder.is_symlink():
        return 0
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def is_there(folder: Path) -> bool:
    """Tell whether there is a model's folder, or a part of one whose deletion was broken off."""
    return any(path.exists() or path.is_symlink() for path in (folder, _set_aside(folder)))


def remove(folder: Path) -> None:
    """Remove a model's folder; a part of it is never there under its name.

    Raises:
        OSError: if it cannot be removed.
    """
    aside = _set_aside(folder)
    if aside.exists():
        shutil.rmtree(aside)
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        folder.rename(aside)
        shutil.rmtree(aside)
    if folder.parent.is_dir():
        sync_folder(folder.parent)


def _set_aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.deleted")
