"""Talking to one model or to a few at once: fine-tuned or base, hosted or of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from store.queries.chats import chat_turns
from store.queries.models import ModelRow
from tui.actions import Place, bindings
from tui.background import Failure, in_words
from tui.chat_settings import ChatSettings
from tui.exchange import Exchange
from tui.formats import duration
from tui.partners import Partner, partner_of
from tui.past_exchanges import earlier_exchanges, exchanges_of
from tui.screens.answer_deeds import AnswerDeeds
from tui.widgets.chat_column import ChatColumn
from tui.widgets.chat_state import ChatState
from tui.widgets.key_line import KeyLine
from tui.widgets.prompt import Prompt
from tui.widgets.title_line import TitleLine
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.conversations import Conversation
    from engine.lab import Lab
    from tui.app import FtlabApp

MOST_MODELS = 3
_LEAST_CELLS = 38
"""Cells of a column; with less the models are shown one at a time."""

_TICK = 0.1
_SHARE = 5
"""Words that come are shown so seldom that it takes at most a fifth of the time."""

_LOADING, _ANSWERING = "loading the model… esc stops it", "answering… esc stops it"
_HINT = "write to the model · enter sends, ctrl+j begins a line, f1 tells more"


class Chat(AnswerDeeds):
    """A conversation with a few models, under what was said to them before.

    Args:
        lab: opens the conversation and knows the earlier ones.
        now: tells the time.
        models: whom to talk to.
        chat: a conversation of the log to go on with, by its settings; then there is one model.
    """

    BINDINGS = bindings("chat")
    CSS_PATH = "../styles/chat.tcss"

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
        self,
        lab: Lab,
        now: Callable[[], datetime],
        models: ModelRow | Partner | Sequence[ModelRow | Partner],
        chat: str | None = None,
    ) -> None:
        super().__init__()
        from engine.chatting.company import Company

        wanted = models if isinstance(models, Sequence) else [models]
        partners = [partner_of(one) if isinstance(one, ModelRow) else one for one in wanted]
        self._lab, self._now = lab, now
        self._company = Company(lab)
        self._number = 0
        self.columns = [self._column(partner, chat) for partner in partners[:MOST_MODELS]]
        self._active = self.columns[0]
        self._settings = ChatSettings()
        self._heading: str | None = None
        self._began, self._ticks = monotonic(), 0
        self._doing = self._progress = ""
        self._stopping = self._sure = False

    def _column(self, partner: Partner, chat: str | None = None) -> ChatColumn:
        self._number += 1
        return ChatColumn(self._number, partner, chat)

    @property
    def PLACES(self) -> tuple[Place, ...]:  # noqa: N802 - what other screens have as a constant
        """Where the keys are heard, by what has the focus."""
        return ("answers", "chat", "everywhere") if self._reads else ("chat", "everywhere")

    @property
    def _reads(self) -> bool:
        return isinstance(self.focused, Transcript)

    @property
    def transcripts(self) -> Sequence[Transcript]:
        """Those of all models."""
        return [column.transcript for column in self.columns]

    @property
    def transcript(self) -> Transcript:
        """That of the model that is looked at."""
        return self._active.transcript

    @property
    def _answering(self) -> list[ChatColumn]:
        return [column for column in self.columns if column.state == "answering"]

    @property
    def _starting(self) -> list[ChatColumn]:
        return [column for column in self.columns if column.state == "starting"]

    @property
    def _prompt(self) -> Prompt:
        return self.query_one(Prompt)

    def compose(self) -> ComposeResult:
        """Put the transcripts over the lines to write in."""
        yield TitleLine("")
        yield Horizontal(*self.columns, id="chat-columns")
        yield ChatState()
        yield Prompt(_HINT)
        yield KeyLine("chat")

    def on_mount(self) -> None:
        """Start the models and read what was said before."""
        self._clock = self.set_interval(_TICK, self._tick, pause=True)
        prompt = self._prompt
        prompt.cursor_blink = False
        self.query_one(ChatState).set_up(self._settings)
        for column in self.columns:
            self._read_before(column)
        if self._lab.why_not is None:
            prompt.focus()
            self._start(self.columns)
        else:
            prompt.display = False
            self._active.transcript.focus()
            for column in self.columns:
                column.state = "missing"
            self._rest(self._lab.why_not)
        self._arrange()

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
            Guest(column.partner.model, _asked_at(column.partner), column.chat)
            for column in columns
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

    def on_chat_earlier_read(self, message: EarlierRead) -> None:
        """Show what was said before."""
        if column := self._of(message.number):
            column.transcript.before(message.exchanges)
            self._prompt.know([one.question for one in message.exchanges])

    def on_chat_opened(self, message: Opened) -> None:
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
        self._show_heads()

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
        self._say_busy()

    def _say_busy(self) -> None:
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
            if self._stopping and column.conversation is not None:
                # Said again: a question that was not quite asked has not heard it.
                column.conversation.cancel()
        self._say_busy()
        self._ticks = int((perf_counter() - began) * _SHARE / _TICK) + 1

    def action_send(self) -> None:
        """Ask what was written, when the models are ready for it."""
        if not isinstance(self.focused, Prompt) or not self._prompt.question:
            return
        if self._answering or self._starting:
            self.query_one(ChatState).hint("not yet: wait for it, or esc")
            return
        asked = [column for column in self.columns if column.conversation is not None]
        if not asked:
            return
        first = not any(column.turns for column in asked)
        question = self._prompt.take()
        heading, self._heading = self._heading, None
        for column in asked:
            column.asked(question, heading)
        local = any(not column.partner.hosted for column in asked)
        # A model of this machine is loaded for the first question.
        self._be_busy(_LOADING if first and local else _ANSWERING)
        self._stopping = False
        self._show_heads()
        self.in_background("talk", lambda: self._listen(asked, question))

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

    def on_chat_answer_ended(self, message: AnswerEnded) -> None:
        """Show the whole answer."""
        column = self._of(message.number)
        if column is None or column.state != "answering":
            return
        column.ended(message.trouble)
        self._show_heads()
        if not self._answering:
            self._rest("ready", f"answered in {monotonic() - self._began:.1f} s")

    def work_failed(self, failure: Failure) -> None:
        """Say what went wrong; without an end of its own, an answer ends here."""
        super().work_failed(failure)
        if failure.group == "talk":
            for column in self._answering:
                column.ended(failure.words)
            self._rest("ready")

    def action_stop_or_leave(self) -> None:
        """Stop the answers that are being written; without one, leave."""
        if self._answering:
            self._stopping, self._doing = True, "stopping…"
            for column in self._answering:
                if column.conversation is not None:
                    column.conversation.cancel()
            self._say_busy()
        elif self._reads and self._prompt.display:
            self._prompt.focus()
        elif self._prompt.text.strip() and not self._sure:
            self._sure = True
            self.query_one(ChatState).hint("esc once more leaves, without what is written")
        else:
            self.app.pop_screen()

    def on_text_area_changed(self) -> None:
        """Ask again before what is written is lost."""
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
        self._show_heads()

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
        self._arrange()

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
        self._arrange()
        if not self._answering and not self._starting:
            self._settled()

    def action_turn(self, step: int) -> None:
        """Go to another model."""
        place = (self.columns.index(self._active) + step) % len(self.columns)
        self._active = self.columns[place]
        self._arrange()
        if self._reads or len(self.columns) == 1:
            self._active.transcript.focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Put the models beside each other if there is room."""
        self._arrange()

    def _arrange(self) -> None:
        """Show all models, or where it is narrow the one that is looked at."""
        count = len(self.columns)
        self._abreast = count > 1 and self.size.width // count >= _LEAST_CELLS
        for column in self.columns:
            column.display = self._abreast or column is self._active
            column.head.display = count > 1
            column.set_class(self._abreast and column is not self.columns[0], "-beside")
        self._show_heads()
        names = " and ".join(column.partner.name for column in self.columns)
        title = self._active.partner.title if count == 1 else names
        self.query_one(TitleLine).name_place(f"chat with {title}")

    def _show_heads(self) -> None:
        """Say how the models do, over their transcripts."""
        from tui.widgets.chat_state import head_line

        for column in self.columns:
            shown = [column] if self._abreast else self.columns
            width = self.size.width // (len(self.columns) if self._abreast else 1)
            column.head.show([head_line(shown, self._active, width)])

    def on_descendant_focus(self) -> None:
        """Offer the keys of what has the focus, and look at its model."""
        focused = self.focused
        for column in self.columns:
            if column.transcript is focused and column is not self._active:
                self._active = column
                self._show_heads()
        self.query_one(KeyLine).offer(*(("answers", "everywhere") if self._reads else ("chat",)))

    def on_unmount(self) -> None:
        """End the conversations, without waiting for the models' processes to go."""
        Thread(target=self._company.close, name="close-chat").start()


def _asked_at(partner: Partner) -> str | None:
    """Return the profile that is asked for a model; a model version is found by the list."""
    return None if partner.base else partner.provider


def _starting_words(columns: Sequence[ChatColumn]) -> str:
    if len(columns) > 1:
        return f"starting {len(columns)} models…"
    return "getting ready…" if columns[0].partner.hosted else "starting the model…"
