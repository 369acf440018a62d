"""Training on this machine: a detached process a job, known by the files in its run folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import LabError
from engine.places import Places
from store import job_status, times

if TYPE_CHECKING:
    from store.blobs import BlobStore
    from store.log import Entry, Write
    from store.queries.jobs import JobDetail

LOG = "log.txt"
PROGRESS = "progress.jsonl"
_CANCEL = "cancel"
_START_LIMIT = timedelta(seconds=60)
"""How long a process may take to come up before it counts as never started."""


class LocalProvider:
    """Runs jobs as processes of their own, which outlive the command that started them.

    Args:
        places: where the run folders are.
        blobs: where dataset contents are.
        database: where dataset versions are looked up.
    """

    def __init__(self, places: Places, blobs: BlobStore) -> None:
        self._places = places
        self._blobs = blobs

    def submit(self, job: JobDetail) -> str:
        """Start the training process; see `Provider.submit`."""
        return self._start(job, None)

    def resume(self, job: JobDetail, from_step: int) -> str:
        """Start a process that goes on from a checkpoint; see `Provider.resume`."""
        (self._places.run(job.id) / _CANCEL).unlink(missing_ok=True)
        return self._start(job, from_step)

    def resumable_step(self, job: JobDetail) -> int:
        """Return the newest checkpoint that is whole; see `Provider.resumable_step`."""
        from engine.training.checkpoints import latest_complete

        return latest_complete(self._places.run(job.id)) or 0
