"""What a form about datasets is made of: fields to write in, things to choose of, steps to tick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import SuggestFromList
from textual.widgets import Input

from engine.data.cleaning.steps import STEPS
from tui.formats import fit
from tui.ink import Line, Span
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.row_list import RowList

_LABEL, _STEP = 13, 22


class Field(Horizontal):
    """A line to write in, its name before it.

    Args:
        name: which field it is.
        label: what it is called.
        hint: what stands there while nothing is written.
        value: what is written at first.
        offered: what is offered to complete what is written: the right arrow takes it.
    """

    def __init__(
        self,
        name: str,
        label: str,
        hint: str = "",
        value: str = "",
        offered: Iterable[str] = (),
    ) -> None:
        super().__init__(classes="dataset-field")
        self.key, self._label = name, label
        self.input = Input(value, placeholder=hint, compact=True, select_on_focus=False)
        self.input.cursor_blink = False
        self.offer(offered)

    def compose(self) -> ComposeResult:
        """Put the name before the line."""
        label = FixedLines(classes="dataset-label")
        yield label
        yield self.input

    def on_mount(self) -> None:
        """Show the name."""
        self.query_one(FixedLines).show([[(self._label, "dim")]])

    def offer(self, texts: Iterable[str]) -> None:
        """Offer these to complete what is written."""
        known = list(texts)
        self.input.suggester = SuggestFromList(known, case_sensitive=False) if known else None

    @property
    def value(self) -> str:
        """What is written."""
        return self.input.value.strip()


class Pick(FixedLines, can_focus=True):
    """One of a few things: space and the arrows go to the next.

    Args:
        name: which field it is.
        label: what it is called.
        choices: what there is, by what it stands for: a word each.
        value: what is chosen at first.
    """

    chosen: reactive[int] = reactive(0, init=False)

    @dataclass
    class Changed(Message):
        """Something else is chosen."""

        pick: Pick

    def __init__(self, name: str, label: str, choices: dict[str, str], value: str = "") -> None:
        super().__init__(classes="dataset-pick")
        self.key, self._label, self._choices = name, label, choices
        self.set_reactive(Pick.chosen, list(choices).index(value) if value in choices else 0)

    def on_mount(self) -> None:
        """Show what is chosen."""
        self._show()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Mark it while keys go to it."""
        super().watch_has_focus(has_focus)
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Go to the next or the one before."""
        if by := {"left": -1, "right": 1}.get(event.key):
            event.stop()
            self.turn(by)

    def on_click(self) -> None:
        """Go to the next."""
        self.turn(1)

    def turn(self, by: int) -> None:
        """Choose another."""
        self.chosen = (self.chosen + by) % len(self._choices)

    def watch_chosen(self) -> None:
        """Show it, and tell."""
        self._show()
        self.post_message(self.Changed(self))

    def _show(self) -> None:
        words = list(self._choices.values())[self.chosen]
        focused = self.has_focus
        line: list[Span] = [
            (fit(self._label, _LABEL), "dim"),
            ("◂ " if focused else "  ", "accent"),
            (words, "strong" if focused else "plain"),
            (" ▸" if focused else "", "accent"),
        ]
        self.show([line])

    @property
    def value(self) -> str:
        """What is chosen."""
        return list(self._choices)[self.chosen]


class StepRows(RowList):
    """The cleaning steps, each ticked or not.

    Args:
        ticked: the names of those that are at first.
    """

    class Changed(Message):
        """Another step is ticked, or one no longer."""

    def __init__(self, ticked: Iterable[str]) -> None:
        super().__init__(id="dataset-steps")
        self.ticked = set(ticked)

    @property
    def row_count(self) -> int:
        """How many steps there are."""
        return len(STEPS)

    def row(self, place: int, width: int) -> Line:
        """Return what the list says of a step."""
        step = STEPS[place]
        is_ticked = step.name in self.ticked
        return [
            ("[x] " if is_ticked else "[ ] ", "accent" if is_ticked else "faint"),
            (fit(step.name, _STEP), "plain" if is_ticked else "dim"),
            (fit(step.explanation, max(0, width - _STEP - 4)), "dim"),
        ]

    def toggle(self) -> None:
        """Tick the step under the cursor, or no longer."""
        self.ticked ^= {STEPS[self.cursor].name}
        self.refresh_line(self.cursor - self.scroll_offset.y)
        self.post_message(self.Changed())

    @property
    def recipe(self) -> str:
        """The ticked steps, as a recipe is written."""
        return ",".join(step.name for step in STEPS if step.name in self.ticked)


def in_all() -> Sequence[str]:
    """Return the names of the steps that most data gains from."""
    return [step.name for step in STEPS if step.in_all]
