"""Jobs and models beside each other: what differs, and how they did."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from engine.comparing.metrics import Measured, measured
from engine.comparing.models import shared
from engine.comparing.settings import Setting, settings
from engine.comparing.subjects import Subject, subjects

LEAST, MOST = 2, 6
"""How few and how many can be compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Jobs and models beside each other.

    Attributes:
        subjects: what is compared.
        settings: what was settled for them, whether it differs or not.
        metrics: what was measured.
        lineage: what all of them were made of: a base model, then earlier stages.
    """

    subjects: tuple[Subject, ...]
    settings: tuple[Setting, ...]
    metrics: tuple[Measured, ...]
    lineage: tuple[str, ...]

    @property
    def differences(self) -> list[Setting]:
        """What is not the same for all."""
        return [setting for setting in self.settings if setting.differs]

    @property
    def only_trained(self) -> Subject | None:
        """What was trained here, if that is one beside models that were not; None otherwise.

        How it was trained has nothing to be set beside.
        """
        trained = [each for each in self.subjects if each.other is None]
        return trained[0] if len(trained) == 1 < len(self.subjects) else None


def comparison(compared: Sequence[Subject]) -> Comparison:
    """Put what was read of jobs and models beside each other."""
    return Comparison(
        tuple(compared),
        tuple(settings(compared)),
        tuple(measured([each.run for each in compared])),
        shared([each.lineage for each in compared]),
    )


def compare(connection: sqlite3.Connection, references: Sequence[str]) -> Comparison:
    """Read jobs and models, and put them beside each other.

    Args:
        connection: where to read.
        references: their ids, names or beginnings.

    Raises:
        NotFoundError: if there is nothing of such a name.
        AmbiguousError: if several things could be meant.
    """
    return comparison(subjects(connection, references))
