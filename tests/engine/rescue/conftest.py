"""A lab and a service with a past."""

from tests.engine.providers.hosted.conftest import lab, provider
from tests.standin.fixtures import standin

__all__ = ["lab", "provider", "standin"]
