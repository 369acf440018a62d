"""Labs that are only looked at: the present with hands in the pockets, and the past."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn, cast

from engine.errors import LabError
from engine.lab import Lab
from store.past import PastDatabase
from store.queries.history import event

if TYPE_CHECKING:
    from engine.places import Places
    from engine.providers.base import Provider
    from store.database import Database
    from store.log import EventLog


class LookedAtLab(Lab):
    """A lab in which nothing is done: whatever would record, start or send something refuses.

    Args:
        places: where it lies.
        progress: told of events done and in all if the read models have to be folded anew.
    """

    why_not = "this was opened with --read-only: nothing is recorded, started or sent"

    def __init__(self, places: Places, progress: Callable[[int, int], None] | None = None) -> None:
        super().__init__(places, "ui", create=False, progress=progress)

    @cached_property
    def log(self) -> EventLog:
        """There is none to write to.

        Raises:
            LabError: always.
        """
        self._refuse()

    def provider(self, name: str) -> Provider:
        """Refuse to reach for what runs jobs."""
        del name
        self._refuse()

    def start_polling(self, *, described: str | None = None, slots: int | None = None) -> None:
        """Leave that to those who may record."""
        del described, slots

    def _refuse(self, *_arguments: object, **_more: object) -> NoReturn:
        raise LabError(self.why_not or "nothing can be done here")

    train = cancel_job = pause_job = resume_job = retry_job = open_chat = _refuse


class PastLab(LookedAtLab):
    """A lab as it stood right after an event.

    Args:
        present: the lab.
        seq: the event.
        progress: told of events folded and in all.

    Attributes:
        seq: the event.
        moment: when it was recorded, as UTC text.

    Raises:
        NotFoundError: if there is no such event.
        StoreError: if the past cannot be told.
    """

    why_not = "this is the past: nothing can be done in it. Escape leads back to the present"

    def __init__(
        self, present: Lab, seq: int, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.seq = seq
        self.moment = event(present.database.reader, seq).at
        self.places = present.places
        self.role = present.role
        self.polling_notice = None
        self.database = cast("Database", PastDatabase(present.database, seq, progress))
        self._polling = None
