"""Which screens there are, and how one comes from any of them to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from tui.background import Background
from tui.leaving import Leaving
from tui.screens.jobs import Jobs
from tui.session import Elsewhere

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.models import ModelRow
    from tui.partners import Partner


Shown = TypeVar("Shown", bound=Screen[Any])


class Routes(Leaving, Background):
    """An app whose screens are opened one above another, none of them twice.

    Attributes:
        lab: what is shown and acted on.
    """

    lab: Lab
    _now: Callable[[], datetime]

    @property
    def sight(self) -> Lab:
        """The lab that is shown."""
        return self.lab

    @property
    def clock(self) -> Callable[[], datetime]:
        """What tells the time that is shown."""
        return self._now

    @property
    def shown_jobs(self) -> Jobs:
        """The jobs that the present screen stands above, or is."""
        return next(one for one in reversed(self.screen_stack) if isinstance(one, Jobs))

    def _go_to(self, kind: type[Shown], opened: Callable[[], Shown]) -> None:
        """Return to a screen that is open already, or open it above the present one."""
        place = self.screen_stack.index(self.shown_jobs)
        if not any(isinstance(screen, kind) for screen in self.screen_stack[place:]):
            self.push_screen(opened())
            return
        while not isinstance(self.screen, kind):
            self.close_topmost()

    def action_jobs(self) -> None:
        """Go to the jobs."""
        self._go_to(Jobs, lambda: self.shown_jobs)

    def show_job(self, job: str) -> None:
        """Go to the jobs, and put the cursor on one of them."""
        self.action_jobs()
        self.shown_jobs.show_job(job)

    @property
    def elsewhere(self) -> Elsewhere | None:
        """The screen above the present jobs to which the next start returns."""
        found = None
        for screen in self.screen_stack[1:]:
            if isinstance(screen, Jobs):
                break
            found = getattr(screen, "elsewhere", found)
        return found

    def return_to(self, place: Elsewhere) -> None:
        """Go to where somebody was."""
        match place.screen:
            case "datasets":
                self.action_datasets(place)
            case "models":
                self.action_models(place)
            case "history":
                self.action_history(place)

    def action_datasets(self, begun: Elsewhere | None = None) -> None:
        """List the datasets."""
        from tui.screens.datasets import Datasets

        self._go_to(Datasets, lambda: Datasets(self.sight, self.clock, begun))

    def action_models(self, begun: Elsewhere | None = None) -> None:
        """List the models."""
        from tui.screens.models import Models

        self._go_to(Models, lambda: Models(self.sight, self.clock, begun))

    def action_history(self, begun: Elsewhere | None = None) -> None:
        """Show the log."""
        from tui.screens.history import History

        self._go_to(History, lambda: History(self.sight, self.clock, begun))

    def open_chat(self, model: ModelRow) -> None:
        """Talk to a model."""
        self.open_chats([model])

    def open_chats(self, models: Sequence[ModelRow | Partner]) -> None:
        """Talk to several models at once."""
        from tui.screens.chat import Chat

        self.push_screen(Chat(self.sight, self.clock, models))

    def action_chats(self) -> None:
        """List the past conversations."""
        self.open_past_chats()

    def open_past_chats(self, model: str | None = None) -> None:
        """List the past conversations, with one model or with all."""
        from tui.screens.chats import Chats

        search = "" if model is None else f'model:"{model}"'
        self._go_to(Chats, lambda: Chats(self.sight, self.clock, search))
        if isinstance(self.screen, Chats) and model is not None:
            self.screen.search_for(search)

    def go_on_with_chat(self, partner: Partner, chat: str) -> None:
        """Talk on in a conversation of the log."""
        from tui.screens.chat import Chat

        self.push_screen(Chat(self.sight, self.clock, partner, chat))

    def open_comparison(self, ids: Sequence[str]) -> None:
        """Put jobs and models beside each other."""
        from tui.screens.compare import Compare

        self.push_screen(Compare(self.sight, ids))

    def action_new_job(self) -> None:
        """Fill in the form of a new job."""
        self.open_new_job()

    def open_new_job(self, dataset: str | None = None, like: str | None = None) -> None:
        """Fill in the form of a new job.

        Args:
            dataset: the version to train on, if that is settled.
            like: the job whose settings stand there at first.
        """
        from tui.screens.new_job import NewJob

        if dataset is not None or like is not None:
            self.push_screen(NewJob(self.sight, dataset, like))
        else:
            self._go_to(NewJob, lambda: NewJob(self.sight))
