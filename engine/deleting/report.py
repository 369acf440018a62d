"""What became of the things that were to be deleted."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field

from engine.deleting.refusals import StillNeededError
from engine.deleting.saga import Ended
from engine.errors import LabError, ProviderError

_OF_ALL = ("authentication", "quota", "rate_limit")
"""Refusals that the next thing would meet, too."""


@dataclass(slots=True)
class Deleted:
    """What became of each thing.

    Attributes:
        ended: those that are not there any more.
        troubles: why others still are, or may be.
    """

    ended: list[Ended] = field(default_factory=list)
    troubles: dict[str, Exception] = field(default_factory=dict)

    async def take(self, name: str, deletion: Awaitable[Ended]) -> bool:
        """Wait for a deletion and keep what became of it; tell whether others are worth a try."""
        try:
            self.ended.append(await deletion)
        except ProviderError as error:
            self.troubles[name] = error
            return error.refused and error.kind not in _OF_ALL
        except (StillNeededError, OSError) as error:
            self.troubles[name] = error
        except LabError as error:
            self.troubles[name] = error
            return False
        return True
