"""Contents and models of an archive into the data directory, as far as they are not there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.archive.reading import Archive, Progress
from engine.archive.survey import Survey
from engine.archive.weights import Weights, model_of
from engine.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path

    from engine.lab import Lab


@dataclass(frozen=True, slots=True)
class Contents:
    """Files of an archive that this lab lacks.

    Attributes:
        hashes: the contents among them.
        models: the ids of the models whose files came along.
        bytes: the size of all of them.
    """

    hashes: frozenset[str]
    models: frozenset[str]
    bytes: int


def what_is_new(lab: Lab, archive: Archive, survey: Survey) -> Contents:
    """Tell which contents and models of an archive are not here."""
    hashes, models, size = set[str](), set[str](), 0
    wanted, told = survey.wanted, survey.streams - survey.excluded
    for name, listed in archive.manifest.files.items():
        model = model_of(name)
        if model is not None and f"model/{model}" in told and not lab.places.model(model).exists():
            models.add(model)
            size += listed.bytes
        if listed.sha256 in wanted and listed.sha256 not in lab.blobs:
            wanted.remove(listed.sha256)
            hashes.add(listed.sha256)
            size += listed.bytes
    return Contents(frozenset(hashes), frozenset(models), size)


def take_contents(
    lab: Lab, archive: Archive, survey: Survey, progress: Progress | None = None
) -> Contents:
    """Put them where they belong and return them.

    Raises:
        LabError: if the disk has no room for them.
        ArchiveError: if the archive was changed since the survey.
    """
    new = what_is_new(lab, archive, survey)
    if not (new.hashes or new.models):
        return new
    _require_room(lab.places.home, new.bytes)
    waiting = set(new.hashes)
    with Weights(lab.places, new.models) as weights:
        for file in archive.files(progress):
            if file.sha256 in waiting:
                waiting.remove(file.sha256)
                with lab.blobs.write() as blob:
                    for chunk in file.chunks():
                        blob.write(chunk)
            elif model_of(file.name) in new.models:
                weights.take(file)
        weights.put()
    return new


def _require_room(home: Path, size: int) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    if size > free:
        raise LabError(
            f"the archive brings {size / 1e9:.1f} GB, and the disk of {home} has room for "
            f"{free / 1e9:.1f} GB: nothing was taken in"
        )
