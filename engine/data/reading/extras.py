"""Packages that only some files need, and that a light install leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.data.errors import MissingPackageError


@contextmanager
def needed_for(what: str) -> Iterator[None]:
    """Import a package in this block that only `what` needs ("Parquet files").

    Raises:
        MissingPackageError: if it is not installed, naming the way to install it.
    """
    try:
        yield
    except ImportError as error:
        package = (error.name or "a package").partition(".")[0]
        raise MissingPackageError(
            f"{what} need {package}, which is not installed: pip install 'ftlab[data]'"
        ) from error
