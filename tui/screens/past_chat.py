"""A conversation of the log, to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.message import Message

from engine.chatting.recalling import sampling_of
from store.queries.chats import chat, chat_turns
from tui.actions import Place, bindings
from tui.chat_settings import ChatSettings, in_words
from tui.exchange import Exchange
from tui.formats import ago
from tui.partners import Partner
from tui.past_exchanges import exchanges_of
from tui.screens.answer_deeds import AnswerDeeds
from tui.watch import LogGrew
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.title_line import TitleLine
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp


class PastChat(AnswerDeeds):
    """Shows what was said, and how the model was asked.

    Args:
        lab: where to read.
        now: tells the time.
        partner: the model.
        chat: the conversation.
    """

    BINDINGS = bindings("past_chat")
    PLACES: tuple[Place, ...] = ("past_chat", "answers", "lines", "everywhere")
    CSS_PATH = "../styles/chat.tcss"

    @dataclass
    class WasRead(Message):
        """The conversation was read."""

        exchanges: list[Exchange]
        settings: ChatSettings
        opened_at: str

    def __init__(self, lab: Lab, now: Callable[[], datetime], partner: Partner, chat: str) -> None:
        super().__init__()
        self._lab, self._now = lab, now
        self._partner, self._chat = partner, chat
        self._transcript = Transcript()

    @property
    def transcripts(self) -> Sequence[Transcript]:
        """The only one."""
        return [self._transcript]

    @property
    def transcript(self) -> Transcript:
        """The only one."""
        return self._transcript

    def compose(self) -> ComposeResult:
        """Put what was said under how the model was asked."""
        yield TitleLine(f"past chat with {self._partner.title}")
        yield FixedLines(id="past-chat-settings")
        yield self._transcript
        yield KeyLine("past_chat", "answers", "everywhere")

    def on_mount(self) -> None:
        """Read the conversation, now and when the log grows."""
        cast("FtlabApp", self.app).log_grew.subscribe(self, self._look_again)
        self._transcript.focus()
        # Alone, it has no model beside it to turn to, and none to take out.
        self.query_one(KeyLine).leave_out("answer.take_out")
        self._look_again()

    def _look_again(self, _growth: LogGrew | None = None) -> None:
        self.in_background("read", self._read)

    def _read(self) -> Message:
        reader = self._lab.database.reader
        row = chat(reader, self._chat)
        found = exchanges_of(row.id, chat_turns(reader, row.id))
        return self.WasRead(found, ChatSettings(row.system, sampling_of(row)), row.opened_at)

    def on_past_chat_was_read(self, message: WasRead) -> None:
        """Show it, if it is not what is shown already."""
        when = ago(message.opened_at, self._now())
        told = f" {when} · {in_words(message.settings)}"
        self.query_one("#past-chat-settings", FixedLines).show([[(told, "faint")]])
        if message.exchanges != self._transcript.exchanges:
            self._transcript.show_all(message.exchanges)

    def action_go_on(self) -> None:
        """Talk on, if anything can be done here."""
        if self._lab.why_not is not None:
            self._refuse(self._lab.why_not)
            return
        cast("FtlabApp", self.app).go_on_with_chat(self._partner, self._chat)

    def action_turn(self, step: int) -> None:
        """There is one model."""
        del step

    def action_take_out(self) -> None:
        """There is nothing to take out of what was said."""
        self._refuse("This is what was said: nothing can be taken out of it.")

    def action_back(self) -> None:
        """Return."""
        self.dismiss()
