"""What can be wrong with a scorer, in words that a user can act on."""

from __future__ import annotations

from engine.errors import RequestError


class ScorerError(RequestError):
    """A scorer that does not exist, or that cannot have these settings."""


class UnscorableError(Exception):
    """One answer that cannot be scored. The answers around it are not touched by that."""
