"""Why something is not deleted."""

from __future__ import annotations

from engine.errors import LabError


class StillNeededError(LabError):
    """A job or a model that lives on needs what was to be deleted."""


class NotKeptError(LabError):
    """What was to be deleted is nowhere else."""
