"""Files and folders that take their place when they are whole, and not before."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.data.errors import DataError
from engine.data.exporting.arrow import DATASET_FILES
from engine.training.durable import sync_folder, sync_tree


@contextmanager
def placed(target: Path, *, folder: bool, replace: bool) -> Iterator[Path]:
    """Give a path to write to, which becomes the target when the block ends well.

    Args:
        target: where it is to be in the end.
        folder: whether a folder is made there.
        replace: whether a file, or a dataset's folder, that is there already may go.

    Raises:
        DataError: if the target is there and may not go, or cannot be written.
    """
    mark = secrets.token_hex(4)
    partial = target.with_name(f".{target.name}.{mark}.partial")
    try:
        _require_free(target, folder=folder, replace=replace)
        yield partial
        sync_tree(partial)
        _require_free(target, folder=folder, replace=replace)
        _put(partial, target, target.with_name(f".{target.name}.{mark}.replaced"))
        sync_folder(target.parent)
    except OSError as error:
        raise DataError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        _remove(partial)


def _require_free(target: Path, *, folder: bool, replace: bool) -> None:
    if not target.name or not target.parent.is_dir():
        raise DataError(f"{target} cannot be written: there is no folder {target.parent}.")
    if not target.exists() and not target.is_symlink():
        return
    if not replace:
        raise DataError(f"{target} exists already. Choose another name, or say --replace.")
    if folder and not all((target / name).is_file() for name in DATASET_FILES):
        raise DataError(f"{target} is not a dataset's folder, so it is not replaced by one.")
    if not folder and target.is_dir():
        raise DataError(f"{target} is a folder; choose the name of a file.")


def _put(partial: Path, target: Path, aside: Path) -> None:
    """Rename what was written to the target; a folder there steps aside before it is removed."""
    if not target.is_dir():
        partial.replace(target)
        return
    target.rename(aside)
    try:
        partial.rename(target)
    except OSError:
        aside.rename(target)
        raise
    _remove(aside)


def _remove(path: Path) -> None:
    """Remove what is left of a file or folder, if anything is."""
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
