"""What the engine refuses or cannot do, in words that a user can act on."""

from __future__ import annotations


class LabError(Exception):
    """Something that cannot be done as asked."""


class RequestError(LabError):
    """What was asked for cannot be, whatever the lab holds."""


class JobStateError(LabError):
    """A job is not in a state in which this can be done to it."""
