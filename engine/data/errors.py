"""What can be wrong with data, in words that a user can act on."""

from __future__ import annotations


class DataError(Exception):
    """A file, or a wish about it, that cannot be followed as a whole."""


class RowError(Exception):
    """One row that cannot become an example. The rows around it are not touched by that."""
