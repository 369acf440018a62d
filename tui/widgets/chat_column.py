"""One model of a chat: what it is called, how it does, and what was said to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.exchange import Exchange
from tui.ink import Span
from tui.partners import Partner
from tui.turn_words import took_in_full
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.conversations import Conversation

State = Literal["starting", "ready", "answering", "missing"]

_LOOKS: dict[State, Span] = {
    "starting": ("◌", "dim"),
    "ready": ("✓", "good"),
    "answering": ("●", "accent"),
    "missing": ("✗", "bad"),
}


class ChatColumn(Vertical):
    """A model's transcript under its name.

    Args:
        number: tells it from the others.
        partner: the model.
        chat: a conversation of the log to go on with.

    Attributes:
        conversation: how the model is asked; None as long as it cannot be.
        state: how it does.
        turns: answers in this conversation.
        tokens: of all of them, as far as they were told.
        cost: US dollars of all of them; None if nothing is known.
    """

    def __init__(self, number: int, partner: Partner, chat: str | None = None) -> None:
        super().__init__(classes="chat-column")
        self.number, self.partner, self.chat = number, partner, chat
        self.conversation: Conversation | None = None
        self.state: State = "starting"
        self.turns = self.tokens = 0
        self.cost: float | None = None
        self.head = FixedLines(classes="chat-head")
        self.transcript = Transcript()
        self._pieces: list[str] = []
        self._taken = 0
        self._answer = ""

    def compose(self) -> ComposeResult:
        """Put the transcript under the name."""
        yield self.head
        yield self.transcript

    @property
    def span(self) -> Span:
        """How it does, as a glyph."""
        return _LOOKS[self.state]

    def asked(self, question: str, heading: str | None, number: int) -> None:
        """Show a question, and wait for the answer.

        Args:
            question: what is asked.
            heading: a line to set before it.
            number: which question of the chat it is; the same in all columns that hear it.
        """
        self._pieces, self._taken, self._answer = [], 0, ""
        self.state = "answering"
        self.transcript.asked(question, heading, number)

    def came(self, words: str) -> None:
        """Keep words of the answer, from any thread, until they are shown."""
        self._pieces.append(words)

    @property
    def has_begun(self) -> bool:
        """Whether anything of the answer came."""
        return bool(self._pieces)

    def grow(self) -> None:
        """Show the words that came."""
        if self._taken == len(self._pieces):
            return
        pieces = self._pieces[self._taken :]
        self._taken += len(pieces)
        self._answer += "".join(pieces)
        self.transcript.answered(self._answer)

    def ended(self, trouble: str | None) -> None:
        """Show the whole answer, and what it took."""
        self.state = "ready"
        conversation = self.conversation
        turn = conversation.last_turn if conversation is not None else None
        last = self.transcript.exchanges[-1]
        answer = "".join(self._pieces) if turn is None else turn.content
        ended = replace(last, answer=answer, trouble=trouble)
        if turn is not None and conversation is not None:
            ended = replace(
                ended,
                took=took_in_full(turn, hosted=conversation.hosted),
                chat=conversation.chat,
                turn=conversation.last_ordinal,
            )
            self.turns += 1
            self.tokens += (turn.prompt_tokens or 0) + (turn.completion_tokens or 0)
            if turn.cost is not None:
                self.cost = (self.cost or 0.0) + turn.cost
        self.transcript.ended(ended)

    def begin_anew(self) -> None:
        """Count from the beginning."""
        self.turns = self.tokens = 0
        self.cost = None

    def failed(self, trouble: str) -> None:
        """Say why the model cannot be asked."""
        self.state = "missing"
        self.transcript.add(Exchange("", trouble=trouble))
