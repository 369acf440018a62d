"""Talking to one model or to a few at once: fine-tuned or base, hosted or of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal

from store.queries.models import ModelRow
from tui.actions import Place, bindings
from tui.chat_settings import ChatSettings
from tui.harmless import harmless
from tui.partners import Partner, partner_of
from tui.screens.side_by_side import SideBySide
from tui.widgets.chat_state import ChatState
from tui.widgets.key_line import KeyLine
from tui.widgets.prompt import Prompt
from tui.widgets.title_line import TitleLine
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

MOST_MODELS = 3
_NOT_YET = "not ready yet: enter sends it then, esc hides this"
_ANSWERS = "not yet: wait for the answer, or esc stops it"
_ONCE_MORE = "esc once more leaves, without what is written"
_HINT = "write to the model · enter sends, ctrl+j begins a line, f1 tells more"


class Chat(SideBySide):
    """A conversation with a few models, under what was said to them before.

    Args:
        lab: opens the conversation and knows the earlier ones.
        now: tells the time.
        models: whom to talk to.
        chat: a conversation of the log to go on with, by its settings; then there is one model.
    """

    BINDINGS = bindings("chat")
    CSS_PATH = "../styles/chat.tcss"

    def __init__(
        self,
        lab: Lab,
        now: Callable[[], datetime],
        models: ModelRow | Partner | Sequence[ModelRow | Partner],
        chat: str | None = None,
    ) -> None:
        wanted = models if isinstance(models, Sequence) else [models]
        partners = [partner_of(one) if isinstance(one, ModelRow) else one for one in wanted]
        super().__init__(lab, now, partners[:MOST_MODELS], chat)
        self._too_many = partners[MOST_MODELS:]
        self._active = self.columns[0]
        self._sure = False
        self._writes = True

    @property
    def PLACES(self) -> tuple[Place, ...]:  # noqa: N802 - what other screens have as a constant
        """Where the keys are heard, by what has the focus."""
        return ("answers", "chat", "everywhere") if self._reads else ("chat", "everywhere")

    @property
    def _reads(self) -> bool:
        return isinstance(self.focused, Transcript)

    def compose(self) -> ComposeResult:
        """Put the transcripts over the lines to write in."""
        yield TitleLine("")
        yield Horizontal(*self.columns, id="chat-columns")
        yield ChatState()
        yield Prompt(_HINT)
        yield KeyLine("chat")

    def on_mount(self) -> None:
        """Start the models and read what was said before."""
        prompt = self._prompt
        prompt.cursor_blink = False
        prompt.display = self._lab.why_not is None
        (prompt if prompt.display else self._active.transcript).focus()
        self._listen_from_now_on()
        self.lay_out()
        if self._too_many:
            left_out = ", ".join(partner.name for partner in self._too_many)
            self._refuse(
                f"{MOST_MODELS} models are the most in a chat: without {harmless(left_out)}"
            )

    def action_send(self) -> None:
        """Ask what was written, when the models are ready for it."""
        if not isinstance(self.focused, Prompt) or not self._prompt.question:
            return
        if self._answering or self._starting:
            self._keep_hint(_ANSWERS if self._answering else _NOT_YET)
            return
        asked = [column for column in self.columns if column.conversation is not None]
        if not asked:
            return
        question = self._prompt.take()
        heading, self._heading = self._heading, None
        self._questions += 1
        for column in asked:
            column.asked(question, heading, self._questions)
        self.line_up()
        self.show_heads()
        self.ask(asked, question)

    def action_stop_or_leave(self) -> None:
        """Stop the answers that are being written; without one, leave."""
        if self._answering:
            self.stop()
        elif not self._sure and self.query_one(ChatState).dismiss_hint():
            self.say_busy()
        elif self._reads and self._prompt.display:
            # At once: what is typed next must not be taken for keys of the answers.
            self._writes = True
            self.set_focus(self._prompt)
        elif self._prompt.text.strip() and not self._sure:
            self._sure = True
            if self._starting:
                self._keep_hint(_ONCE_MORE)
            else:
                self.query_one(ChatState).hint(_ONCE_MORE)
        else:
            self.app.pop_screen()

    def _keep_hint(self, words: str) -> None:
        self.query_one(ChatState).keep_hint(words)
        self.say_busy()

    def on_text_area_changed(self) -> None:
        """Ask again before what is written is lost."""
        if self._sure:
            self.query_one(ChatState).dismiss_hint()
        self._sure = False

    def action_new_line(self) -> None:
        """Begin a line in what is written."""
        if isinstance(self.focused, Prompt):
            self._prompt.new_line()

    def action_scroll_page(self, pages: int) -> None:
        """Scroll in all transcripts."""
        for transcript in self.transcripts:
            transcript.scroll_relative(y=pages * max(1, transcript.size.height - 1), animate=False)

    def _may_change(self) -> bool:
        """Tell whether nothing is going on that a change would disturb, or say so."""
        if self._lab.why_not is not None:
            self._refuse(self._lab.why_not)
        elif self._answering:
            self._refuse("An answer is being written: wait for it, or stop it with escape.")
        elif self._starting:
            self._refuse("A model is still starting.")
        else:
            return True
        return False

    def action_settings(self) -> None:
        """Change how the models are asked."""
        from tui.screens.chat_settings import SettingsForm

        if self._may_change():
            self.app.push_screen(SettingsForm(self._settings), self._set)

    def _set(self, settings: ChatSettings | None) -> None:
        if settings is not None and settings != self._settings:
            self._settings = settings
            self._begin_anew("new conversation, with other settings")

    def action_begin_anew(self) -> None:
        """Begin a new conversation with all models; try again those that are missing."""
        if self._may_change():
            self._begin_anew("new conversation")

    def _begin_anew(self, heading: str) -> None:
        self._heading = heading
        missing = [column for column in self.columns if column.conversation is None]
        for column in self.columns:
            column.chat = None
            column.begin_anew()
            if column.conversation is not None:
                column.conversation.begin_anew(self._settings.system, self._settings.sampling)
        self._rest("ready", "a new conversation begins with the next question")
        if missing:
            self._start(missing)
        self.show_heads()

    def action_past_chats(self) -> None:
        """List the past conversations with the model that is looked at."""
        cast("FtlabApp", self.app).open_past_chats(self._active.partner.name)

    def action_add_model(self) -> None:
        """Choose one more model to ask."""
        from tui.screens.chat_picker import ChatPicker

        if len(self.columns) == MOST_MODELS:
            self._refuse(f"{MOST_MODELS} models are the most: tab, then x takes one out.")
        elif self._may_change():
            present = [column.partner for column in self.columns]
            self.app.push_screen(ChatPicker(self._lab, present), self._add)

    def _add(self, partner: Partner | None) -> None:
        if partner is None:
            return
        column = self._column(partner)
        self.columns.append(column)
        self.query_one("#chat-columns").mount(column)
        self._read_before(column)
        self._start([column])
        self.lay_out()

    def action_take_out(self) -> None:
        """Ask the model that is looked at no longer."""
        if len(self.columns) == 1:
            self._refuse("It is the only model here: escape leaves the chat.")
            return
        gone = self._active
        if gone.conversation is not None:
            Thread(target=gone.conversation.close, name="close-chat").start()
        self.columns.remove(gone)
        self._active = self.columns[0]
        gone.remove()
        self._active.transcript.focus()
        self.lay_out()
        if not self._answering and not self._starting:
            self._settled()

    def action_turn(self, step: int) -> None:
        """Go to another model."""
        place = (self.columns.index(self._active) + step) % len(self.columns)
        self._active = self.columns[place]
        self.lay_out()
        if self._reads or len(self.columns) == 1:
            self._active.transcript.focus()

    def on_screen_resume(self) -> None:
        """Go on writing when a dialog is closed, unless somebody was reading the answers."""
        if self._writes and self.is_mounted and self._prompt.display:
            self.set_focus(self._prompt)

    def on_descendant_focus(self) -> None:
        """Offer the keys of what has the focus, and look at its model."""
        focused = self.focused
        self._writes = not self._reads
        for column in self.columns:
            if column.transcript is focused and column is not self._active:
                self._active = column
                self.show_heads()
        self.query_one(KeyLine).offer(*(("answers", "everywhere") if self._reads else ("chat",)))
