"""A dialog that asks before something is done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.actions import bindings
from tui.harmless import harmless


class Question(ModalScreen[bool]):
    """Asks yes or no; `y` and enter mean yes, `n` and escape no.

    Args:
        asked: the question, naming the thing that it is about.
        told: what will happen then.
        yes: what `y` does, in a word or two.
        no: what `n` does.
    """

    BINDINGS = bindings("question")

    def __init__(self, asked: str, told: str, yes: str, no: str) -> None:
        super().__init__()
        self._asked, self._told = harmless(asked), told
        self._yes, self._no = yes, no

    def compose(self) -> ComposeResult:
        """Put the question over its answers."""
        with Vertical(id="question"):
            yield Static(Content(self._asked), id="asked")
            yield Static(Content(self._told), id="told")
            answers = Content.assemble(
                ("y", "$accent bold"), f" {self._yes}      ", ("n", "$accent bold"), f" {self._no}"
            )
            yield Static(answers, id="answers")

    def action_answer(self, answer: bool) -> None:
        """Close the dialog with an answer."""
        self.dismiss(answer)
