"""What can be wrong with an archive, in words that a user can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.errors import DataError
from engine.errors import LabError

_NAMED = 10


class ArchiveError(DataError):
    """A file that is no archive, or an archive that is not what its manifest says."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stream that went on differently in this lab than in the archive's.

    Attributes:
        stream: its name.
        version: the first place at which the two differ.
        line: the line of the archive's events that tells of that place.
    """

    stream: str
    version: int
    line: int


class ConflictError(LabError):
    """What the archive tells and what this lab knows exclude each other; nothing was taken in.

    Attributes:
        conflicts: the streams concerned.
    """

    def __init__(self, archive: str, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        named = [
            f"  {found.stream} from version {found.version} on (events.jsonl, line {found.line})"
            for found in self.conflicts[:_NAMED]
        ]
        if len(self.conflicts) > _NAMED:
            named.append(f"  and {len(self.conflicts) - _NAMED} more")
        super().__init__(
            f"{archive} tells otherwise than this lab of:\n"
            + "\n".join(named)
            + "\nNothing was taken in. --skip-conflicts takes in everything else; an empty lab "
            "(--db, FTLAB_HOME) takes in all of it."
        )
