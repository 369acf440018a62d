"""Property tests get no time limit per example: a busy machine is no fault of the code."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("ftlab", deadline=None)
settings.load_profile("ftlab")
