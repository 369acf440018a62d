"""What can be wrong with data, in words that a user can act on."""

from __future__ import annotations

from engine.errors import LabError, RequestError


class DataError(Exception):
    """A file, or a wish about it, that cannot be followed as a whole."""


class WishError(DataError, RequestError):
    """A wish that no file could fulfil: an option that does not exist, a name that cannot be."""


class MissingPackageError(LabError):
    """A package that this needs is not installed: no fault of the data."""


class RowError(Exception):
    """One row that cannot become an example. The rows around it are not touched by that."""
