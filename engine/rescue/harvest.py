"""What a rescue brought in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Harvest:
    """What a service had, and what of it is new here.

    Attributes:
        jobs: how many jobs the service listed.
        new_jobs: those that were not known here.
        events: facts recorded in all.
        files_kept: training, validation and result files that are now in the blobs.
        files_gone: files that their owner, or the service, has deleted.
        bytes: of the files that were kept now.
        models: fine-tuned models that the service has.
        retiring: how many of them shut down on which day (YYYY-MM-DD), "never" for the others.
        troubles: what could not be taken in this time, by job or file; the next run tries again.
    """

    jobs: int = 0
    new_jobs: int = 0
    events: int = 0
    files_kept: int = 0
    files_gone: int = 0
    bytes: int = 0
    models: int = 0
    retiring: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain JSON."""
        return {
            "jobs": self.jobs,
            "new_jobs": self.new_jobs,
            "events": self.events,
            "files_kept": self.files_kept,
            "files_gone": self.files_gone,
            "bytes": self.bytes,
            "models": self.models,
            "retiring": dict(sorted(self.retiring.items())),
            "troubles": self.troubles,
        }
