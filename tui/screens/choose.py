"""A dialog in which one of a few things is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.actions import bindings
from tui.formats import fit
from tui.harmless import harmless
from tui.ink import Line
from tui.widgets.row_list import RowList

_LABEL = 16


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what it stands for, a word for it, and what that means."""

    value: str
    label: str
    hint: str = ""


class Choices(RowList):
    """The things to choose from."""

    def __init__(self, choices: Sequence[Choice], chosen: str | None) -> None:
        super().__init__(id="choices")
        self.choices = choices
        values = [choice.value for choice in choices]
        self.set_reactive(RowList.cursor, values.index(chosen) if chosen in values else 0)
        self._chosen = chosen

    @property
    def row_count(self) -> int:
        """How many there are."""
        return len(self.choices)

    def row(self, place: int, width: int) -> Line:
        """Return what a choice says."""
        choice = self.choices[place]
        mark = "•" if choice.value == self._chosen else " "
        longest = max(_LABEL, *(cell_len(each.label) + 1 for each in self.choices))
        label = max(0, min(longest, width - 2))
        return [
            (f"{mark} ", "accent"),
            (fit(choice.label, label), "plain"),
            (fit(choice.hint, max(0, width - 2 - label)), "dim"),
        ]


class Choose(ModalScreen[str | None]):
    """Lets somebody choose; gives the value, or nothing if it was left.

    Args:
        asked: what is chosen.
        choices: from what.
        chosen: the present value, which is marked.
    """

    BINDINGS = bindings("choose")

    def __init__(self, asked: str, choices: Sequence[Choice], chosen: str | None = None) -> None:
        super().__init__()
        self._asked = harmless(asked)
        self._choices = Choices(choices, chosen)

    def compose(self) -> ComposeResult:
        """Put what is asked over the choices."""
        with Vertical(id="choose"):
            yield Static(Content(self._asked), id="asked")
            yield self._choices

    def on_mount(self) -> None:
        """Make the list as high as its choices, if there is room."""
        self._choices.styles.height = self._choices.row_count
        self._choices.rows_changed([])
        self._choices.focus()

    def on_click(self) -> None:
        """Take what was clicked."""
        if self._choices.has_focus and self._choices.mouse_hover:
            self.action_take()

    def action_take(self) -> None:
        """Choose what the cursor stands on."""
        self.dismiss(self._choices.choices[self._choices.cursor].value)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
