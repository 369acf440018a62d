"""Models of a chat that are started, asked together and listened to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from textual.message import Message
from textual.timer import Timer

from store.queries.chats import chat_turns
from tui.background import Failure, in_words
from tui.chat_settings import ChatSettings
from tui.exchange import Exchange
from tui.formats import duration
from tui.partners import Partner
from tui.past_exchanges import earlier_exchanges, exchanges_of
from tui.screens.answer_deeds import AnswerDeeds
from tui.widgets.chat_column import ChatColumn
from tui.widgets.chat_state import ChatState
from tui.widgets.prompt import Prompt
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.conversations import Conversation
    from engine.lab import Lab

_TICK = 0.1
_SHARE = 5
"""Words that come are shown so seldom that it takes at most a fifth of the time."""

_LOADING, _ANSWERING = "loading the model… esc stops it", "answering… esc stops it"


class Listening(AnswerDeeds):
    """A screen that talks to a few models at once.

    Args:
        lab: opens the conversations and knows the earlier ones.
        now: tells the time.
        partners: whom to talk to.
        chat: a conversation of the log to go on with, by its settings; then there is one model.

    Attributes:
        columns: one for each model.
    """

    @dataclass
    class EarlierRead(Message):
        """What was said before was read, of the model of a column."""

        number: int
        exchanges: list[Exchange]

    @dataclass
    class Opened(Message):
        """Models listen, or cannot; in the order of the columns with these numbers."""

        numbers: list[int]
        found: list[Conversation | Exception]

    @dataclass
    class AnswerEnded(Message):
        """An answer is whole, or broke off for a reason."""

        number: int
        trouble: str | None

    def __init__(
        self, lab: Lab, now: Callable[[], datetime], partners: Sequence[Partner], chat: str | None
    ) -> None:
        super().__init__()
        from engine.chatting.company import Company

        self._lab, self._now = lab, now
        self._company = Company(lab)
        self._number = 0
        self.columns = [self._column(partner, chat) for partner in partners]
        self._settings = ChatSettings()
        self._heading: str | None = None
        self._questions = 0
        self._began, self._ticks = monotonic(), 0
        self._doing = self._progress = ""
        self._stopping = False
        self._clock: Timer

    def show_heads(self) -> None:
        """Say how the models do, over their transcripts."""
        raise NotImplementedError

    def line_up(self) -> None:
        """Begin the answers to one question in the same row, where models are side by side."""
        raise NotImplementedError

    @property
    def transcripts(self) -> Sequence[Transcript]:
        """Those of all models."""
        return [column.transcript for column in self.columns]

    @property
    def _answering(self) -> list[ChatColumn]:
        return [column for column in self.columns if column.state == "answering"]

    @property
    def _starting(self) -> list[ChatColumn]:
        return [column for column in self.columns if column.state == "starting"]

    @property
    def _prompt(self) -> Prompt:
        return self.query_one(Prompt)

    def _listen_from_now_on(self) -> None:
        """Read what was said before, and start the models."""
        self._clock = self.set_interval(_TICK, self._tick, pause=True)
        self.query_one(ChatState).set_up(self._settings)
        for column in self.columns:
            self._read_before(column)
        if self._lab.why_not is None:
            self._start(self.columns)
            return
        for column in self.columns:
            column.state = "missing"
        self._rest(self._lab.why_not)

    def _column(self, partner: Partner, chat: str | None = None) -> ChatColumn:
        self._number += 1
        return ChatColumn(self._number, partner, chat)

    def _start(self, columns: Sequence[ChatColumn]) -> None:
        """Have models listen: each hosted one by itself, those of this machine together."""
        self._be_busy(_starting_words(columns))
        for column in columns:
            column.state = "starting"
        local = [column for column in columns if not column.partner.hosted]
        groups = [[column] for column in columns if column.partner.hosted]
        for group in [*groups, local] if local else groups:
            self._invite(group)

    def _invite(self, columns: Sequence[ChatColumn]) -> None:
        from engine.chatting.company import Guest

        numbers = [column.number for column in columns]
        guests = [
            Guest(column.partner.model, column.partner.asked_at, column.chat) for column in columns
        ]
        settings = self._settings

        def invite() -> Message:
            found = self._company.invite(
                guests, settings.system, settings.sampling, self._came_along
            )
            return self.Opened(numbers, found)

        self.in_background(f"start {numbers[0]}", invite)

    def _came_along(self, stage: str, part: float) -> None:
        self._progress = f"{stage} {part:.0%}" if part < 1 else ""

    def _read_before(self, column: ChatColumn) -> None:
        number, chat, model = column.number, column.chat, column.partner.model

        def read() -> Message:
            reader = self._lab.database.reader
            if chat is None:
                return self.EarlierRead(number, earlier_exchanges(reader, model, self._now()))
            turns = chat_turns(reader, chat)
            return self.EarlierRead(number, exchanges_of(chat, turns, heading="gone on with"))

        self.in_background(f"before {number}", read)

    def _of(self, number: int) -> ChatColumn | None:
        return next((column for column in self.columns if column.number == number), None)

    def on_listening_earlier_read(self, message: EarlierRead) -> None:
        """Show what was said before."""
        if column := self._of(message.number):
            column.transcript.before(message.exchanges)
            self._prompt.know([one.question for one in message.exchanges])

    def on_listening_opened(self, message: Opened) -> None:
        """Listen, or say why a model cannot."""
        for number, found in zip(message.numbers, message.found, strict=True):
            column = self._of(number)
            if column is None:
                if not isinstance(found, Exception):
                    Thread(target=found.close, name="close-chat").start()
            elif isinstance(found, Exception):
                could_not = "reached" if column.partner.hosted else "started"
                column.failed(f"The model could not be {could_not}: {in_words(found)}")
            else:
                column.conversation, column.state = found, "ready"
                if column.chat is not None:
                    self._settings = ChatSettings(found.system, found.sampling)
        if not self._starting and not self._answering:
            self._settled()
        self.show_heads()

    def _settled(self) -> None:
        """Say that questions are heard, and what is to be known before one is asked."""
        heard = [column.conversation for column in self.columns if column.conversation]
        if not heard:
            self._rest("no model to write to · esc leaves", bad=True)
            return
        alone = [one for one in heard if one.forgets or one.completes]
        words = "sees each question alone" if alone else ""
        if alone and len(self.columns) > 1:
            words = f"{', '.join(one.model_name for one in alone)}: {words}"
        self._rest(*(["ready", words] if words else ["ready"]))

    def _be_busy(self, doing: str) -> None:
        """Say what takes time, and from now on how long."""
        self._doing, self._began, self._ticks = doing, monotonic(), 0
        self._clock.reset()
        self._clock.resume()
        self.say_busy()

    def say_busy(self) -> None:
        """Say what takes time, and how long it has taken."""
        spent = monotonic() - self._began
        words = self._progress or self._doing
        self.query_one(ChatState).busy(words + (f" {duration(spent)}" if spent >= 1 else ""))

    def _rest(self, *words: str, bad: bool = False) -> None:
        self._clock.pause()
        state = self.query_one(ChatState)
        state.set_up(self._settings)
        state.at_rest(words, self.columns, bad=bad)

    def _tick(self) -> None:
        """Show the words that came, as often as it costs little."""
        self._ticks -= 1
        if self._ticks > 0:
            return
        began = perf_counter()
        for column in self._answering:
            column.grow()
            if column.has_begun and self._doing == _LOADING:
                self._doing = _ANSWERING
        self.line_up()
        if self._stopping:
            # Said again: a question that was not quite asked has not heard it.
            self._cancel()
        self.say_busy()
        self._ticks = int((perf_counter() - began) * _SHARE / _TICK) + 1

    def ask(self, asked: Sequence[ChatColumn], question: str) -> None:
        """Ask models a question that their columns show already."""
        first = not any(column.turns for column in asked)
        local = any(not column.partner.hosted for column in asked)
        # A model of this machine is loaded for the first question.
        self._be_busy(_LOADING if first and local else _ANSWERING)
        self._stopping = False
        self.in_background("talk", lambda: self._listen(asked, question))

    def stop(self) -> None:
        """Stop the answers that are being written; what came of them is kept."""
        self._stopping, self._doing = True, "stopping…"
        self._cancel()
        self.say_busy()

    def _cancel(self) -> None:
        for column in self._answering:
            if column.conversation is not None:
                column.conversation.cancel()

    def _listen(self, asked: Sequence[ChatColumn], question: str) -> None:
        """Gather the answers; each is told of when it ends."""
        from engine.chatting.side_by_side import Ended, ask_all

        listening = [column.conversation for column in asked if column.conversation is not None]
        for item in ask_all(self._lab, listening, question):
            column = asked[item.place]
            if isinstance(item, Ended):
                trouble = None if item.failure is None else in_words(item.failure)
                self.post_message(self.AnswerEnded(column.number, trouble))
            else:
                column.came(item.words)

    def on_listening_answer_ended(self, message: AnswerEnded) -> None:
        """Show the whole answer."""
        column = self._of(message.number)
        if column is None or column.state != "answering":
            return
        column.ended(message.trouble)
        self.line_up()
        self.show_heads()
        if not self._answering:
            how = "stopped after" if self._stopping else "answered in"
            self._rest("ready", f"{how} {monotonic() - self._began:.1f} s")

    def work_failed(self, failure: Failure) -> None:
        """Say what went wrong; without an end of its own, an answer ends here."""
        super().work_failed(failure)
        if failure.group == "talk":
            for column in self._answering:
                column.ended(failure.words)
            self._rest("ready")

    def on_unmount(self) -> None:
        """End the conversations, without waiting for the models' processes to go."""
        Thread(target=self._company.close, name="close-chat").start()


def _starting_words(columns: Sequence[ChatColumn]) -> str:
    if len(columns) > 1:
        return f"starting {len(columns)} models…"
    return "getting ready…" if columns[0].partner.hosted else "starting the model…"
