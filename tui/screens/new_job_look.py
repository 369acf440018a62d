"""Looking ahead while a form is filled in: in the background, the newest only, never stalling."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from engine.errors import LabError
from store.errors import StoreError
from tui.background import Background, Failure
from tui.command_line import Asked, Draft, read
from tui.screens.new_job_known import Checking
from tui.screens.new_job_offers import (
    Offer,
    base_model_offers,
    dataset_offers,
    model_offers,
)

if TYPE_CHECKING:
    from engine.data.versions.apart import CheckApart, Sighting
    from engine.lab import Lab
    from engine.outlook.data import CheckWanted
    from engine.outlook.outlook import Outlook

_REST_SECONDS = 0.3
_CHECK_SECONDS = 0.6
"""For so long nothing else has to be wanted before data is checked."""
_TOLD_SECONDS = 0.2
_LOOK, _CHECK, _OFFERS, _KEY = "look ahead", "check data", "offers", "key"


class LookingAhead(Screen[None], Background):
    """A screen with a draft, of which it finds out what would come.

    Args:
        lab: where to look.
    """

    lab: Lab

    @dataclass
    class Looked(Message):
        """It was found out what a draft comes to."""

        draft: Draft
        asked: Asked
        outlook: Outlook

    @dataclass
    class Sighted(Message):
        """A check of data came along."""

        wanted: CheckWanted
        seen: Sighting

    @dataclass
    class Checked(Message):
        """A check of data came to its end."""

        wanted: CheckWanted
        trouble: str | None = None
        uncounted: str | None = None

    @dataclass
    class Offered(Message):
        """It was read what the lists offer."""

        place: str
        providers: Sequence[str]
        datasets: Sequence[Offer]
        base_models: Sequence[Offer]
        models: Sequence[Offer]

    @dataclass
    class KeyTried(Message):
        """It was seen whether there is a key for a service."""

        provider: str
        trouble: str | None

    def begin_looking(self, lab: Lab) -> None:
        """Begin with nothing known."""
        self.lab = lab
        self.outlook: Outlook | None = None
        self.asked: Asked | None = None
        self.keys_tried: dict[str, str | None] = {}
        self._looking: Draft | None = None
        self._rest: Timer | None = None
        self._check_rest: Timer | None = None
        self._wanted: CheckWanted | None = None
        self._apart: CheckApart | None = None
        self._checks: dict[CheckWanted, Checking] = {}
        self._offered: str | None = None

    @abstractmethod
    def said(self) -> Draft:
        """Return the draft as it is now."""

    @abstractmethod
    def show_outlook(self) -> None:
        """Show what is known by now."""

    @property
    def is_looking(self) -> bool:
        """Whether what is shown is of an earlier draft."""
        return self._looking is not None or self._rest is not None

    @property
    def checking(self) -> Checking:
        """How far the check of the data is that is wanted now."""
        wanted = self.outlook.wanted if self.outlook is not None else None
        return self._checks.get(wanted, Checking()) if wanted is not None else Checking()

    def look_soon(self) -> None:
        """Look when the writing rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self.look_now)

    def look_now(self) -> None:
        """Look at the draft as it is; one look at a time, so that a slow one piles nothing up."""
        self._rest = None
        if self._looking is None:
            draft = self._looking = dict(self.said())
            self.in_background(_LOOK, lambda: self._look(draft))

    def _look(self, draft: Draft) -> Message:
        from engine.outlook.outlook import look_ahead

        asked = read(draft)
        return self.Looked(draft, asked, look_ahead(self.lab, asked.request))

    def on_looking_ahead_looked(self, message: Looked) -> None:
        """Show what was found out; look again if something else is written by now."""
        self._looking = None
        self.asked, self.outlook = message.asked, message.outlook
        if message.draft != self.said():
            self.look_now()
            return
        self._want_check()
        self.show_outlook()

    def look_failed(self, failure: Failure) -> bool:
        """Go on after a look that failed; tell whether it was one of these."""
        if failure.group == _LOOK:
            self._looking = None
        return failure.group in (_LOOK, _OFFERS, _KEY, _CHECK)

    def _want_check(self) -> None:
        """Have the data checked if that is wanted, possible, and was not done yet."""
        outlook = self.outlook
        wanted = outlook.wanted if outlook is not None else None
        if wanted == self._wanted:
            return
        self.stop_checking()
        if outlook is None or wanted is None or outlook.findings is not None:
            return
        if self.lab.why_not is not None or self.lab.database.read_only:
            return
        if any(fault.part in ("dataset", "base_model", "provider") for fault in outlook.faults):
            return
        if wanted not in self._checks:
            self._wanted = wanted
            self._check_rest = self.set_timer(_CHECK_SECONDS, lambda: self._check(wanted))

    def stop_checking(self) -> None:
        """End the check of data that is not wanted any more."""
        self._wanted = None
        if self._check_rest is not None:
            self._check_rest.stop()
            self._check_rest = None
        if self._apart is not None:
            self._apart.stop()
            self._apart = None

    def _check(self, wanted: CheckWanted) -> None:
        from engine.data.versions.apart import CheckApart

        def work() -> Message:
            try:
                apart = CheckApart(self.lab, wanted.version, wanted.model, wanted.method)
                if self._wanted != wanted:
                    apart.stop()
                self._apart = apart
                uncounted = apart.follow(self._teller(wanted))
            except (LabError, StoreError, OSError) as error:
                return self.Checked(wanted, trouble=str(error))
            return self.Checked(wanted, uncounted=uncounted)

        self.in_background(_CHECK, work)

    def _teller(self, wanted: CheckWanted) -> Any:  # noqa: ANN401 - called with a sighting
        told = 0.0

        def tell(seen: Sighting) -> None:
            nonlocal told
            if monotonic() - told >= _TOLD_SECONDS:
                told = monotonic()
                self.post_message(self.Sighted(wanted, seen))

        return tell

    def on_looking_ahead_sighted(self, message: Sighted) -> None:
        """Show how far the check is."""
        if message.wanted == self._wanted:
            self._checks[message.wanted] = Checking(message.seen)
            self.show_outlook()

    def on_looking_ahead_checked(self, message: Checked) -> None:
        """Look again, now that the data was checked."""
        if message.wanted != self._wanted:
            return
        self._apart = None
        self._checks[message.wanted] = Checking(None, message.trouble, message.uncounted)
        self.look_now()

    def look_for_offers(self, place: str) -> None:
        """Read what the lists offer for a place where jobs run."""
        self._offered = place
        self.in_background(_OFFERS, lambda: self._offers(place))

    def _offers(self, place: str) -> Message:
        from engine.config.settings import Settings

        reader = self.lab.database.reader
        names = Settings.read(self.lab.places).names()
        try:
            base_models = base_model_offers(self.lab, place, datetime.now().astimezone().date())
        except (LabError, StoreError):
            base_models = []
        return self.Offered(place, names, dataset_offers(reader), base_models, model_offers(reader))

    def try_key(self, provider: str) -> None:
        """See whether there is a key for a service; a keyring may take its time."""
        if provider not in self.keys_tried:
            self.keys_tried[provider] = None
            self.in_background(f"{_KEY} {provider}", lambda: self._tried(provider))

    def _tried(self, provider: str) -> Message:
        from engine.config.settings import Settings

        try:
            settings = Settings.read(self.lab.places)
            settings.key(settings.profile(provider))
        except (LabError, StoreError) as error:
            return self.KeyTried(provider, str(error))
        return self.KeyTried(provider, None)
