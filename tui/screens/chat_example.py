"""A form in which an answer is edited into a training example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Checkbox, Input, Static, TextArea

from store.queries.chats import ChatTurnRow, chat, chat_turns
from store.queries.datasets import DatasetRow, dataset_list
from tui.actions import bindings
from tui.background import Background, Failure
from tui.exchange import Exchange
from tui.harmless import harmless
from tui.widgets.key_line import KeyLine
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.lab import Lab


class Tick(Checkbox):
    """A box that shows by its mark, not by its colour alone, whether it is ticked."""

    BUTTON_INNER = " "

    def watch_value(self) -> None:
        """Set the mark."""
        self.BUTTON_INNER = "✓" if self.value else " "
        super().watch_value()


class ChatExample(ModalScreen[None], Background):
    """Lets somebody correct an answer and have it learned: a dataset gets a new version with it.

    Args:
        lab: where the dataset is.
        exchange: the question and its answer.
        chat: the conversation that they are from.
        turn: their place in it.
    """

    BINDINGS = bindings("chat_form")
    PLACES = ("chat_form",)
    CSS_PATH = "../styles/chat.tcss"

    @dataclass
    class WasRead(Message):
        """What stands before the answer was read, and which datasets there are."""

        system: str | None
        before: tuple[tuple[str, str], ...]
        newest: Mapping[str, DatasetRow]

    @dataclass
    class Learned(Message):
        """A version with the example was recorded."""

        version: DatasetRow

    def __init__(self, lab: Lab, exchange: Exchange, chat: str, turn: int) -> None:
        super().__init__()
        self._lab, self._exchange = lab, exchange
        self._chat, self._turn = chat, turn
        self._system: str | None = None
        self._before: tuple[tuple[str, str], ...] = ()
        self._newest: Mapping[str, DatasetRow] = {}
        self._busy = False

    def compose(self) -> ComposeResult:
        """Put the question and the answer over the dataset's name."""
        with Vertical(classes="chat-form chat-example"):
            yield Static(Content("A training example of this answer"), id="asked")
            yield Static(Content("question"), classes="field-name")
            yield TextArea(self._exchange.question, id="question-text", compact=True)
            yield Static(Content("answer, as it should have been"), classes="field-name")
            yield TextArea(self._exchange.answer.strip(), id="answer-text", compact=True)
            with Horizontal(id="example-parts"):
                yield Tick("system prompt", id="with-system", compact=True)
                yield Tick("earlier turns", id="with-before", compact=True)
            with Vertical(classes="field-row"):
                yield Static(Content("dataset"), classes="field-name")
                yield Input(
                    placeholder="its name, for example corrections", id="dataset-name", compact=True
                )
            yield Static(Content(""), id="told")
            yield KeyLine("chat_form")

    def on_mount(self) -> None:
        """Begin with the answer."""
        for field in self.query(Input):
            field.cursor_blink = False
        for text in self.query(TextArea):
            text.cursor_blink = False
        answer = self.query_one("#answer-text", TextArea)
        answer.move_cursor(answer.document.end)
        answer.focus()
        self.in_background("read", self._read)

    def _read(self) -> Message:
        reader = self._lab.database.reader
        system = chat(reader, self._chat).system
        turns = chat_turns(reader, self._chat)
        newest: dict[str, DatasetRow] = {}
        for version in dataset_list(reader):
            best = newest.get(version.name)
            if best is None or best.version < version.version:
                newest[version.name] = version
        return self.WasRead(system, _said_before(turns, self._turn), newest)

    def on_chat_example_was_read(self, message: WasRead) -> None:
        """Offer what can be learned with it."""
        self._system, self._before, self._newest = message.system, message.before, message.newest
        system = self.query_one("#with-system", Tick)
        before = self.query_one("#with-before", Tick)
        system.value = system.display = message.system is not None
        before.display = bool(message.before)
        before.label = Content(f"the {number_of(len(message.before), 'turn')} before")
        self.query_one("#dataset-name", Input).suggester = SuggestFromList(
            sorted(message.newest), case_sensitive=False
        )
        self._say_version()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what will come of it."""
        event.stop()
        self._say_version()

    def _say_version(self) -> None:
        name = self.query_one("#dataset-name", Input).value.strip()
        self._say(_outcome(name, self._newest.get(name)))

    def _say(self, words: str, *, wrong: bool = False) -> None:
        told = self.query_one("#told", Static)
        told.update(Content(harmless(words)))
        told.set_class(wrong, "wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Record it."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Record the example."""
        name = self.query_one("#dataset-name", Input).value.strip()
        if not name:
            self._say("! name a dataset: one that is there, or a new one", wrong=True)
            self.query_one("#dataset-name").focus()
            return
        if self._busy:
            return
        from engine.chatting.examples import AnswerExample, learn

        question = self.query_one("#question-text", TextArea).text
        answer = self.query_one("#answer-text", TextArea).text
        was = (self._exchange.question, self._exchange.answer.strip())
        example = AnswerExample(
            question=question,
            answer=answer,
            chat=self._chat,
            turn=self._turn,
            system=self._system if self.query_one("#with-system", Tick).value else None,
            before=self._before if self.query_one("#with-before", Tick).value else (),
            edited=(question, answer) != was,
        )
        self._busy = True
        self._say("recording…")
        self.in_background("learn", lambda: self.Learned(learn(self._lab, example, name)))

    def on_chat_example_learned(self, message: Learned) -> None:
        """Name the new version."""
        version = message.version
        told = f"{version.name}@{version.version} has {number_of(version.examples, 'example')}"
        self.app.notify(f"Recorded: {told}, this one at its end.", markup=False)
        self.dismiss()

    def work_failed(self, failure: Failure) -> None:
        """Say why it is not recorded, and let it be mended."""
        self._busy = False
        self._say(f"! {failure.words}", wrong=True)

    def action_leave(self) -> None:
        """Record nothing."""
        self.dismiss()


def _said_before(turns: Sequence[ChatTurnRow], turn: int) -> tuple[tuple[str, str], ...]:
    """Return the questions with an answer that led to a turn."""
    return tuple(
        (one.question, one.answer) for one in turns if one.ordinal < turn and one.answer.strip()
    )


def _outcome(name: str, newest: DatasetRow | None) -> str:
    if not name:
        return "The newest version stays as it is; the next one gets this example."
    if newest is None:
        return f"There is no dataset {name}: it will be begun, with this example alone."
    count = number_of(newest.examples, "example")
    return f"{name}@{newest.version} has {count}: {name}@{newest.version + 1} will have one more."
