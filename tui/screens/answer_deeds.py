"""What can be done with the answers of a conversation: select, rate, copy, learn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen

from tui.background import Background
from tui.exchange import RATINGS, Exchange
from tui.formats import count
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.chatting.rating import Rating
    from engine.lab import Lab

Place = tuple[str, int]
"""A conversation and the place of an answer in it."""


class AnswerDeeds(Screen[None], Background):
    """A screen with transcripts, whose answers can be rated, copied and learned from."""

    _lab: Lab

    @dataclass
    class RatingFailed(Message):
        """A rating could not be recorded; `before` is what was thought before."""

        place: Place
        before: str | None
        words: str

    def __init__(self) -> None:
        super().__init__()
        self._wanted: dict[Place, Rating | None] = {}
        self._rating = Lock()

    @property
    def transcripts(self) -> Sequence[Transcript]:
        """All that are shown."""
        raise NotImplementedError

    @property
    def transcript(self) -> Transcript | None:
        """The one that keys act on."""
        raise NotImplementedError

    def _tell(self, words: str) -> None:
        self.app.notify(words, markup=False)

    def _refuse(self, words: str) -> None:
        self.app.notify(words, severity="warning", markup=False)

    def _answer(self) -> Exchange | None:
        """Return the answer under the cursor, or say that there is none."""
        exchange = self.transcript.current if self.transcript is not None else None
        if exchange is None or not exchange.question:
            self._refuse("There is no answer yet.")
            return None
        return exchange

    def _recorded_answer(self) -> tuple[Exchange, Place] | None:
        """Return the same with its place in the log, if it can be acted upon."""
        if self._lab.why_not is not None:
            self._refuse(self._lab.why_not)
            return None
        exchange = self._answer()
        if exchange is None:
            return None
        if exchange.chat is None or exchange.turn is None:
            self._refuse("This answer is not recorded: it is still coming, or never came.")
            return None
        return exchange, (exchange.chat, exchange.turn)

    def action_select(self, step: int) -> None:
        """Put the cursor on another answer."""
        if self.transcript is not None:
            self.transcript.select(step)

    def action_raw(self) -> None:
        """Show answers as they were written, or as Markdown again."""
        shown = self.transcript
        if shown is not None:
            raw = not shown.raw
            for transcript in self.transcripts:
                transcript.show_raw(raw)

    def action_rate(self, rating: Rating) -> None:
        """Say what is thought of the answer; the same once more takes it back."""
        found = self._recorded_answer()
        if found is None:
            return
        exchange, place = found
        before = exchange.rating
        wanted = None if before == rating else rating
        self._show_rating(place, wanted)
        self._wanted[place] = wanted
        self.in_background("rate", lambda: self._rate(place, before))

    def _rate(self, place: Place, before: str | None) -> Message | None:
        """Record what is wanted by now: of several keys in a row the last one counts."""
        from engine.chatting.rating import rate
        from engine.errors import LabError
        from store.errors import StoreError

        try:
            with self._rating:
                rate(self._lab, *place, self._wanted[place])
        except (LabError, StoreError) as error:
            return self.RatingFailed(place, before, str(error))
        return None

    def on_answer_deeds_rating_failed(self, message: RatingFailed) -> None:
        """Show what is recorded, and say why it is no other."""
        self._show_rating(message.place, message.before)
        self._refuse(f"The rating is not recorded: {message.words}")

    def _show_rating(self, place: Place, rating: str | None) -> None:
        for transcript in self.transcripts:
            for number, one in enumerate(transcript.exchanges):
                if (one.chat, one.turn) == place:
                    transcript.change(number, replace(one, rating=rating))

    def action_copy_answer(self) -> None:
        """Copy the answer under the cursor."""
        exchange = self._answer()
        if exchange is not None:
            self.app.copy_to_clipboard(exchange.answer)
            self._tell(f"Copied the answer, {count(len(exchange.answer))} characters.")

    def action_copy_all(self) -> None:
        """Copy all that is shown of the conversation."""
        if self.transcript is None or not self.transcript.exchanges:
            self._refuse("There is nothing to copy yet.")
            return
        text = as_text(self.transcript.exchanges)
        self.app.copy_to_clipboard(text)
        self._tell(f"Copied the conversation, {count(len(text))} characters.")

    def action_example(self) -> None:
        """Edit the answer under the cursor into a training example."""
        found = self._recorded_answer()
        if found is None:
            return
        from tui.screens.chat_example import ChatExample

        exchange, (chat, turn) = found
        self.app.push_screen(ChatExample(self._lab, exchange, chat, turn))


def as_text(exchanges: Sequence[Exchange]) -> str:
    """Return exchanges as a text to paste elsewhere."""
    parts = []
    for one in exchanges:
        if one.question:
            parts.append(f"> {one.question.replace(chr(10), chr(10) + '> ')}")
        if one.answer:
            parts.append(one.answer.strip())
        if one.trouble:
            parts.append(f"! {one.trouble}")
        if one.rating in RATINGS:
            parts.append(RATINGS[one.rating][0])
    return "\n\n".join(parts) + "\n"
