"""Files of local models on their way out of an archive into the data directory."""

from __future__ import annotations

import shutil
from collections.abc import Set as AbstractSet
from pathlib import Path

from engine.archive.layout import WEIGHTS
from engine.archive.reading import VerifiedFile
from engine.closing import Closing
from engine.places import Places
from engine.training.durable import sync_folder, sync_tree


def model_of(name: str) -> str | None:
    """Return the id of the model that a file of an archive is a part of; None if it is of none."""
    parts = name.split("/", 2)
    return parts[1] if len(parts) == 3 and parts[0] == WEIGHTS else None


class Weights(Closing):
    """Writes the files of models beside their places, and puts whole models there in the end.

    Args:
        places: where models are.
        wanted: the ids of the models; none of them is there yet.
    """

    def __init__(self, places: Places, wanted: AbstractSet[str]) -> None:
        self._places = places
        self._wanted = wanted
        # What a killed import left behind.
        self.close()

    def take(self, file: VerifiedFile) -> None:
        """Write a file of a model."""
        _, model, name = file.name.split("/", 2)
        target = self._partial(model) / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)

    def put(self) -> None:
        """Put the models in their places."""
        for model in sorted(self._wanted):
            sync_tree(self._partial(model))
            self._partial(model).rename(self._places.model(model))
            sync_folder(self._places.models)

    def close(self) -> None:
        """Remove what was not put in its place."""
        for model in self._wanted:
            shutil.rmtree(self._partial(model), ignore_errors=True)

    def _partial(self, model: str) -> Path:
        return self._places.models / f".{model}.partial"
