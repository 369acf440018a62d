"""The package that statistics need, which a light install leaves out."""

from __future__ import annotations

from engine.data.errors import MissingPackageError


def require_numpy() -> None:
    """Make sure that numpy is installed.

    Raises:
        MissingPackageError: if it is not, naming the way to install it.
    """
    try:
        import numpy as np  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            "Intervals and p-values are computed with numpy: pip install 'ftlab[eval]'"
        ) from error
