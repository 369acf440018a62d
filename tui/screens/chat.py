"""Talking to a finished model, hosted or of this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from store.queries.chats import chat_list, chat_turns
from store.queries.models import ModelRow
from tui.actions import Place, bindings
from tui.background import Background, Failure, in_words
from tui.formats import ago, duration, short_model
from tui.ink import Ink
from tui.turn_words import took
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.title_line import TitleLine
from tui.widgets.transcript import Exchange, Transcript

if TYPE_CHECKING:
    from engine.conversations import Conversation
    from engine.lab import Lab

_APART_SECONDS = 0.1
_EARLIER_TURNS = 20
_LOADING, _ANSWERING = "loading the model… esc stops it", "answering… esc stops it"


class Chat(Screen[None], Background):
    """A fresh conversation with a model, under what was said to it before.

    Args:
        lab: opens the conversation and knows the earlier ones.
        now: tells the time.
        model: whom to talk to.
    """

    BINDINGS = bindings("chat")
    PLACES: tuple[Place, ...] = ("chat", "everywhere")

    @dataclass
    class EarlierRead(Message):
        """What was said in earlier conversations was read."""

        exchanges: list[Exchange]

    class Opened(Message):
        """The model is loaded and listens."""

    @dataclass
    class AnswerGrew(Message):
        """More of the answer came; `answer` is all of it so far."""

        answer: str

    @dataclass
    class AnswerEnded(Message):
        """The answer is whole, or broke off for a reason; `words` say what it took."""

        answer: str
        trouble: str | None
        words: list[str]

    def __init__(self, lab: Lab, now: Callable[[], datetime], model: ModelRow) -> None:
        super().__init__()
        self._lab, self._now, self._model = lab, now, model
        self._hosted = model.remote_id is not None
        self._conversation: Conversation | None = None
        self._left = Event()
        self._handing_over = Lock()
        self._doing, self._began = "", monotonic()
        self._answering = False

    def compose(self) -> ComposeResult:
        """Put the transcript over the line to write in."""
        name, base = self._model.name, short_model(self._model.base_model)
        # A hosted model's name tells its base model, and is long.
        yield TitleLine(f"chat with {name}" if base in name else f"chat with {name} · {base}")
        yield Transcript()
        yield FixedLines(id="chat-state")
        yield Input(placeholder="write to the model", id="chat-input")
        yield KeyLine("chat")

    def on_mount(self) -> None:
        """Start the model and read what was said before."""
        written = self.query_one(Input)
        written.cursor_blink = False
        written.focus()
        self._clock = self.set_interval(1.0, self._say_busy)
        self._be_busy("getting ready…" if self._hosted else "starting the model…")
        self.in_background("earlier", self._read_earlier)
        self.in_background("talk", self._open)

    def _say(self, words: str, ink: Ink = "dim") -> None:
        self.query_one("#chat-state", FixedLines).show([[(f" {words}", ink)]])

    def _be_busy(self, doing: str) -> None:
        """Say what takes time, and from now on how long."""
        self._doing, self._began = doing, monotonic()
        self._clock.reset()
        self._clock.resume()
        self._say_busy()

    def _say_busy(self) -> None:
        spent = monotonic() - self._began
        self._say(self._doing + (f" {duration(spent)}" if spent >= 1 else ""), "accent")

    def _rest(self, words: str, ink: Ink = "dim") -> None:
        self._clock.pause()
        self._say(words, ink)

    def _read_earlier(self) -> Message:
        reader = self._lab.database.reader
        exchanges: list[Exchange] = []
        for chat in chat_list(reader, self._model.id):
            turns = [
                Exchange(turn.question, turn.answer, turn.error, earlier=True)
                for turn in chat_turns(reader, chat.id)
            ]
            if turns:
                turns[0] = replace(turns[0], heading=ago(chat.opened_at, self._now()))
            exchanges[:0] = turns
            if len(exchanges) >= _EARLIER_TURNS:
                break
        return self.EarlierRead(exchanges)

    def _open(self) -> Message | None:
        conversation = self._lab.open_chat(self._model.id)
        with self._handing_over:
            if not self._left.is_set():
                self._conversation = conversation
                return self.Opened()
        conversation.close()
        return None

    def on_chat_earlier_read(self, message: EarlierRead) -> None:
        """Show the earlier conversations."""
        self.query_one(Transcript).before(message.exchanges)

    def on_chat_opened(self) -> None:
        """Listen."""
        forgets = self._conversation is not None and self._conversation.forgets
        self._rest("ready · sees each question alone" if forgets else "ready")

    def on_input_submitted(self) -> None:
        """Send what was written."""
        self.action_send()

    def action_send(self) -> None:
        """Send what was written, when the model is ready for it."""
        written = self.query_one(Input)
        question = written.value.strip()
        if not question or self._conversation is None or self._answering:
            return
        written.value = ""
        self._answering = True
        self.query_one(Transcript).asked(question)
        # A model of this machine is loaded for the first question.
        first = len([one for one in self.query_one(Transcript).exchanges if not one.earlier]) == 1
        self._be_busy(_LOADING if first and not self._hosted else _ANSWERING)
        conversation = self._conversation
        self.in_background("talk", lambda: self._listen(conversation, question))

    def _listen(self, conversation: Conversation, question: str) -> Message:
        """Gather the answer, telling of it a few times a second."""
        answer, told = "", monotonic()
        try:
            for piece in conversation.ask(question):
                answer += piece
                if monotonic() - told >= _APART_SECONDS:
                    told = monotonic()
                    self.post_message(self.AnswerGrew(answer))
        except Exception as error:
            words = self._took(conversation)
            self.post_message(self.AnswerEnded(answer, in_words(error), words))
            raise
        return self.AnswerEnded(answer, None, self._took(conversation))

    def _took(self, conversation: Conversation) -> list[str]:
        turn = conversation.last_turn
        return [] if turn is None else took(turn, hosted=self._hosted)

    def on_chat_answer_grew(self, message: AnswerGrew) -> None:
        """Show what came."""
        if self._doing == _LOADING:
            self._doing = _ANSWERING
            self._say_busy()
        self.query_one(Transcript).answered(message.answer)

    def on_chat_answer_ended(self, message: AnswerEnded) -> None:
        """Show the whole answer."""
        if not self._answering:
            return
        self._answering = False
        self.query_one(Transcript).answered(message.answer, message.trouble)
        spent = f"answered in {monotonic() - self._began:.1f} s"
        self._rest(" · ".join(["ready", spent, *message.words]))

    def work_failed(self, failure: Failure) -> None:
        """Say why the model could not be started; an answer's trouble is told in the transcript."""
        if failure.group != "talk":
            super().work_failed(failure)
        elif self._conversation is None:
            could_not = "reached" if self._hosted else "started"
            words = f"The model could not be {could_not}: {failure.words}"
            self.query_one(Transcript).failed(words)
            self._rest("no model to write to · esc leaves", "bad")

    def action_stop_or_leave(self) -> None:
        """Stop the answer that is being written; without one, leave."""
        if self._answering and self._conversation is not None:
            self._doing = "stopping…"
            self._say_busy()
            self._conversation.cancel()
        else:
            self.app.pop_screen()

    def action_scroll_page(self, pages: int) -> None:
        """Scroll in the transcript."""
        transcript = self.query_one(Transcript)
        transcript.scroll_relative(y=pages * max(1, transcript.size.height - 1), animate=False)

    def on_unmount(self) -> None:
        """End the conversation, without waiting for the model's process to go."""
        with self._handing_over:
            self._left.set()
            conversation = self._conversation
        if conversation is not None:
            Thread(target=conversation.close, name="close-chat").start()
