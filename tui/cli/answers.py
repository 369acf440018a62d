"""Showing answers as they come: one below the other, in columns, or as JSON."""

from __future__ import annotations

import sys
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from engine.closing import Closing
from tui.cli.columns import Column, body, have_room, heading
from tui.cli.output import note, plain, print_json_line, say, say_heading, say_piece
from tui.harmless import harmless
from tui.turn_words import took

if TYPE_CHECKING:
    from rich.text import Text

    from engine.chatting.side_by_side import Ended

_FRAMES_A_SECOND = 8


class Model(Protocol):
    """A model that was asked: an `engine.conversations.Conversation`."""

    @property
    def model_name(self) -> str:
        """What to call it."""
        ...

    @property
    def hosted(self) -> bool:
        """Whether it is at a service."""
        ...


class Answers(Closing):
    """The answers of one or several models to one question."""

    @abstractmethod
    def grew(self, place: int, words: str) -> None:
        """Take in more of an answer."""

    @abstractmethod
    def ended(self, ended: Ended) -> None:
        """Take in the end of an answer."""

    def close(self) -> None:
        """Show what is left to show."""


def shown(models: Sequence[Model], *, as_json: bool) -> Answers:
    """Return what shows the answers of these models here and now."""
    if as_json:
        return AsJson(models)
    if sys.stdout.isatty():
        from rich.console import Console

        console = Console()
        if not console.is_dumb_terminal and have_room(len(models), console.width):
            return InColumns(models)
    return InOrder(models)


class AsJson(Answers):
    """A line of JSON for each answer, when it has ended."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models

    def grew(self, place: int, words: str) -> None:
        """Wait for the end."""

    def ended(self, ended: Ended) -> None:
        """Print the turn; one that was not even asked is an error alone."""
        told: dict[str, Any] = {"model": self._models[ended.place].model_name}
        told |= plain(ended.turn) if ended.turn else {"error": str(ended.failure or "stopped")}
        print_json_line(told)
        sys.stdout.flush()


class InOrder(Answers):
    """One answer below the other; the later ones wait for those before them."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        self._waiting = [""] * len(models)
        self._line_begun = False
        self._ends: dict[int, Ended] = {}
        self._current = -1
        self._begin_next()

    def grew(self, place: int, words: str) -> None:
        """Print it if it is this answer's turn."""
        if place == self._current:
            self._print(words)
        else:
            self._waiting[place] += words

    def ended(self, ended: Ended) -> None:
        """Go on to the next answer, or the next but one."""
        self._ends[ended.place] = ended
        while self._current in self._ends:
            self._finish(self._ends[self._current])
            self._begin_next()

    def _begin_next(self) -> None:
        self._current += 1
        if self._current == len(self._models):
            return
        if len(self._models) > 1:
            if self._current:
                say()
            say_heading(f"{self._models[self._current].model_name}:")
        self._print(self._waiting[self._current])

    def _print(self, words: str) -> None:
        if words:
            say_piece(words.replace("\r\n", "\n"))
            self._line_begun = True

    def _finish(self, ended: Ended) -> None:
        if self._line_begun or ended.failure is None:
            say()
        self._line_begun = False
        for line in last_words(self._models[ended.place], ended, alone=len(self._models) == 1):
            note(line)


class InColumns(Answers):
    """All answers side by side; the last lines of each while they grow, at the end all of them."""

    def __init__(self, models: Sequence[Model]) -> None:
        from rich.console import Console
        from rich.live import Live

        self._models = models
        self._columns = [Column(model.model_name) for model in models]
        self._console = Console()
        self._live = Live(
            console=self._console,
            get_renderable=self._frame,
            refresh_per_second=_FRAMES_A_SECOND,
            transient=True,
        )
        self._live.start()

    def grew(self, place: int, words: str) -> None:
        """Lengthen a column."""
        self._columns[place].text += words

    def ended(self, ended: Ended) -> None:
        """Put the last words under a column."""
        words = last_words(self._models[ended.place], ended, alone=False)
        self._columns[ended.place].foot = "\n".join(words)

    def close(self) -> None:
        """Print the columns whole."""
        self._live.stop()
        say_heading(heading(self._columns, self._console.width))
        for line in body(self._columns, self._console.width):
            say(line)

    def _frame(self) -> Text:
        from rich.text import Text

        width, height = self._console.size
        titles = harmless(heading(self._columns, width))
        # The headings take a line, and the cursor stands on one.
        lines = body(self._columns, width, height - 2)
        return Text("\n".join([titles, *lines]), no_wrap=True, overflow="crop")


def last_words(model: Model, ended: Ended, *, alone: bool) -> list[str]:
    """Return what is said of an answer at its end: what it took, and what went wrong.

    Args:
        model: whose answer it is.
        ended: how it ended.
        alone: whether there is but one model: then the command itself says what went wrong.
    """
    told: list[str] = []
    if ended.turn is not None and (ended.turn.content or ended.failure is None):
        parts = [f"{ended.turn.seconds:.1f} s", *took(ended.turn, hosted=model.hosted)]
        told.append(" · ".join(parts))
    if ended.failure is not None and not alone:
        told.append(f"! {ended.failure}")
    return told
