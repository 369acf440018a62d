"""What the panel beside the form of a new job is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.formats import count
from tui.ink import Ink
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.data.versions.apart import Sighting
    from engine.outlook.outlook import Outlook

Part = tuple[str, Ink]
"""A text and how it is meant: a glyph goes before what is good, odd or bad."""


@dataclass(frozen=True, slots=True)
class Checking:
    """How far the check of the data is.

    Attributes:
        seen: what was told of it.
        trouble: why it could not be made, if it could not.
        uncounted: why no tokens were counted, if they were not.
    """

    seen: Sighting | None = None
    trouble: str | None = None
    uncounted: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that the panel shows.

    Attributes:
        outlook: what is known of the job.
        checking: how far the check of its data is.
        key: what is wrong with the key of the service, if anything.
        waits: whether it shall wait in the queue.
        loose: what stands against the job and is beside no field in sight.
        why_not: why nothing can be started here.
    """

    outlook: Outlook
    checking: Checking = Checking()
    key: str | None = None
    waits: bool = False
    loose: tuple[str, ...] = ()
    why_not: str | None = None


def number_of_thousands(amount: int, thing: str) -> str:
    """Say how many there are, the thousands apart."""
    return number_of(amount, thing).replace(str(amount), count(amount), 1)
