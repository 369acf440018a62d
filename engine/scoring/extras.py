"""Packages that only some scorers need, and that a light install leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.data.errors import MissingPackageError


@contextmanager
def needed_for(scorer: str) -> Iterator[None]:
    """Import a package in this block that only this scorer needs.

    Raises:
        MissingPackageError: if it is not installed, naming the way to install it.
    """
    try:
        yield
    except ImportError as error:
        package = (error.name or "a package").partition(".")[0]
        raise MissingPackageError(
            f"The scorer {scorer} needs {package}, which is not installed: "
            "pip install 'ftlab[eval]'"
        ) from error
