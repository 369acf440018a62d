"""Whether what a service has is kept here too."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from store.errors import StoreError

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.jobs import JobDetail

Kept = Literal["file", "dataset"]
"""How a file's bytes are here: as they are, or as the dataset version that they were written of."""


def proof(lab: Lab, file: str, content: str | None, jobs: Iterable[JobDetail]) -> Kept | None:
    """Return how a file's bytes are kept here, after reading them; None if they are not.

    Args:
        lab: where they may be.
        file: the service's name for it.
        content: the SHA-256 of its bytes, if it is known.
        jobs: those that have to do with it.
    """
    if content is None:
        return None
    if _is_whole(lab, content):
        return "file"
    remade = any(_remade(lab, file, job) == content for job in jobs)
    return "dataset" if remade else None


def _is_whole(lab: Lab, content: str) -> bool:
    try:
        lab.blobs.verified(content)
    except (StoreError, OSError):
        return False
    return True


def _remade(lab: Lab, file: str, job: JobDetail) -> str | None:
    """Return the hash of what a job's dataset version is written as for its service today."""
    from engine.data.errors import DataError
    from engine.errors import LabError
    from engine.providers.hosted.creation import write_data

    dataset = job.dataset if file == job.training_file else job.validation
    if dataset is None:
        return None
    with tempfile.TemporaryDirectory(prefix="ftlab-") as folder:
        path = Path(folder) / "data.jsonl"
        try:
            write_data(lab, dataset, path, job)
        except (DataError, LabError, StoreError, OSError):
            return None
        with path.open("rb") as written:
            return hashlib.file_digest(written, "sha256").hexdigest()
