"""What the environment and the .env files say, nearest first."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from engine.errors import LabError
from engine.places import Places

ENVIRONMENT = "the environment"


class Found(NamedTuple):
    """A variable's value and where it was found."""

    value: str
    source: str
    layer: Layer


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One place that says something: the environment, or a .env file.

    Attributes:
        name: what it is called in words.
        values: what it says; never printed, for there are keys among it.
    """

    name: str
    values: Mapping[str, str] = field(repr=False)

    def get(self, variable: str) -> Found | None:
        """Return what it says of a variable; an empty value says nothing."""
        value = self.values.get(variable)
        if not value:
            return None
        return Found(value, f"{variable} in {self.name}", self)


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The environment, then the .env files of the working directory and of the data directory.

    Attributes:
        layers: all that there are, the first one counting most.
    """

    layers: tuple[Layer, ...]

    @classmethod
    def look(
        cls,
        places: Places,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Surroundings:
        """Read what is there now.

        Args:
            places: where the data directory is.
            environment: this process's, unless another one is given. It is never changed.
            folder: the working directory, unless another one is given.

        Raises:
            LabError: if a .env file cannot be read.
        """
        own = Layer(ENVIRONMENT, os.environ if environment is None else environment)
        read = (_read(file) for file in dotenv_files(places, folder))
        return cls((own, *(layer for layer in read if layer is not None)))

    def find(self, variable: str) -> Found | None:
        """Return the first that is said of a variable."""
        return next((found for layer in self.layers if (found := layer.get(variable))), None)

    def find_own(self, variable: str, places: Places) -> Found | None:
        """Return the first that the environment, or the .env of the data directory, says of it.

        What is run, or told of the user's work, is not for a .env file of a foreign folder to say.
        """
        own = {ENVIRONMENT, str(places.dotenv)}
        layers = (layer for layer in self.layers if layer.name in own)
        return next((found for layer in layers if (found := layer.get(variable))), None)

    def find_beside(self, variable: str, neighbour: str) -> Found | None:
        """Return what the environment says of a variable, else the layer that has its neighbour.

        An address counts only beside the key that would go there: a .env file in a foreign folder
        must not send a key from elsewhere to an address of its own.
        """
        said = self.layers[0].get(variable)
        beside = self.find(neighbour)
        if said is not None or beside is None:
            return said
        return beside.layer.get(variable)

    def lost_beside(self, variable: str, neighbour: str) -> Found | None:
        """Return what a layer says of a variable although `find_beside` heeds it not."""
        counts = self.find_beside(variable, neighbour)
        said = self.find(variable)
        return said if counts is None else None


def dotenv_files(places: Places, folder: Path | None = None) -> list[Path]:
    """Return the .env files that count, the nearest first, whether they are there or not.

    Args:
        places: where the data directory is.
        folder: the working directory, unless another one is given.
    """
    try:
        near = [(folder or Path.cwd()) / ".env"]
    except FileNotFoundError:
        near = []  # The working directory has been removed.
    return list(dict.fromkeys((*near, places.dotenv)))


def _read(file: Path) -> Layer | None:
    """Return what a .env file says; None if there is none."""
    try:
        if not file.is_file():
            return None
        import logging

        from dotenv import dotenv_values

        # A line that it cannot read is no reason to write over a full-screen program.
        logging.getLogger("dotenv").addHandler(logging.NullHandler())
        # Taken literally: a foreign file must not weave this machine's secrets into an address.
        values = dotenv_values(file, encoding="utf-8", interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise LabError(f"{file} cannot be read: {why}") from None
    return Layer(str(file), {name: value for name, value in values.items() if value is not None})
