"""The keys that change what of a comparison is shown, and how."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tui.ink import text_of
from tui.screens.compare_copy import Form, copied
from tui.screens.compare_order import Order
from tui.screens.curve_keys import CurveKeys
from tui.widgets.comparison_head import ComparisonHead
from tui.widgets.comparison_panel import (
    ANSWERS,
    CURVES,
    DIFFERENCES,
    SCORES,
    SIDES,
    TABLES,
    ComparisonPanel,
)
from tui.widgets.key_line import KeyLine
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from tui.widgets.comparison_table import Section
    from tui.widgets.job_panel import JobPanel
    from tui.widgets.search_line import SearchLine

LEAST = 2
"""How few can be compared."""

_TURNED = ("compare.next", "compare.previous")
_OF_CURVES = ("compare.log", "compare.smooth", "compare.closer")
_OF_ANSWERS = ("compare.search", "compare.whole")
_OF_TABLES = ("compare.move_right", "compare.take_out")
_NOT_OFFERED = {
    DIFFERENCES: (*_TURNED, *_OF_CURVES, *_OF_ANSWERS),
    CURVES: ("compare.everything", "compare.first", *_OF_TABLES, *_OF_ANSWERS),
    SCORES: ("compare.everything", *_TURNED, *_OF_CURVES, *_OF_ANSWERS),
    ANSWERS: (*_OF_CURVES, *_OF_TABLES),
}
"""What the line of keys leaves out of each side, for want of room."""


class CompareKeys(CurveKeys):
    """A screen with a comparison whose columns are moved, taken out, searched and copied.

    Attributes:
        sides: what is shown.
        order: in which order.
        everything: whether the table shows what is the same for all, too.
        search: where prompts are searched.
        keys: the line of keys.
    """

    sides: ComparisonPanel
    order: Order
    search: SearchLine
    everything = False

    def show_in(self, sides: ComparisonPanel) -> None:
        """Show the comparison in a panel."""
        self.sides = sides
        # Of a panel the keys of curves want no more than that it shows curves.
        self.panel = cast("JobPanel", sides)
        self.keys = KeyLine("compare", "everywhere")

    @property
    @abstractmethod
    def compared(self) -> list[Subject]:
        """What is compared, in its order."""

    @abstractmethod
    def show(self) -> None:
        """Show the side in sight as it is now."""

    @abstractmethod
    def sections(self) -> list[Section]:
        """Return the table in sight, or the one of differences."""

    def say(self, words: str, *, refused: bool = False) -> None:
        """Say what was done, or why not."""
        self.app.notify(words, severity="warning" if refused else "information", markup=False)

    def offer_keys(self) -> None:
        """Offer the keys of the side in sight."""
        self.keys.leave_out(*_NOT_OFFERED[self.sides.side])

    def action_side(self, side: str) -> None:
        """Show a side."""
        if side != self.sides.side:
            self.sides.open(side)
            self.opened()

    def opened(self) -> None:
        """Show what another side has, once it has a size."""
        self.offer_keys()
        self.search.display = self.sides.side == ANSWERS and bool(self.search.text)
        self.call_after_refresh(self.show)

    def action_turn_side(self, by: int) -> None:
        """Show the next side, or the one before."""
        names = list(SIDES)
        self.action_side(names[(names.index(self.sides.side) + by) % len(names)])

    def action_everything(self) -> None:
        """Show everything, or only what differs."""
        if self.sides.side == ANSWERS:
            answers = self.sides.answers
            only = not answers.choice.only_different
            answers.offer(replace(answers.choice, only_different=only))
            self.show()
        elif self.sides.side == DIFFERENCES:
            self.everything = not self.everything
            self.show()
        else:
            self.say(f"the {self.sides.side} are all here: a works on differences and answers")

    def action_next(self, by: int) -> None:
        """Draw another metric, or show another prompt."""
        if self.sides.side == ANSWERS:
            self.sides.answers.turn(by)
        elif self.sides.side == CURVES:
            self.sides.curves.next_metric(by)
        else:
            self.action_side(CURVES)

    def action_select(self, by: int) -> None:
        """Select another column."""
        self._arrange(lambda order: order.select(by))

    def on_comparison_head_picked(self, message: ComparisonHead.Picked) -> None:
        """Select the column whose name was clicked."""
        self._arrange(lambda order: replace(order, selected=message.place))

    def action_move(self, by: int) -> None:
        """Move the selected column."""
        self._arrange(lambda order: order.move(by))

    def action_first(self) -> None:
        """Hold the others against the selected column."""
        if self.order.selected == 0:
            self.say("it is the first already: l selects another")
        else:
            self._arrange(Order.first)

    def action_take_out(self) -> None:
        """Compare the others without the selected column."""
        if len(self.order.ids) <= LEAST:
            self.say("two are needed to compare: none can be taken out", refused=True)
        elif self.compared:
            name = self.compared[self.order.selected].name
            self._arrange(Order.without)
            self.say(f"{name} was taken out: u puts it back")

    def action_put_back(self) -> None:
        """Put back what was taken out last."""
        if self.order.out:
            self._arrange(Order.put_back)
        else:
            self.say("nothing was taken out: d takes the selected column out")

    def _arrange(self, change: Callable[[Order], Order]) -> None:
        """Change the order; while there is none, the screen tells why."""
        if self.compared:
            self.order = change(self.order)
            self.show()

    def action_search(self) -> None:
        """Let somebody search the prompts and answers."""
        self.action_side(ANSWERS)
        self.search.open()

    def search_for(self, text: str) -> None:
        """Offer only prompts that have these words."""
        answers = self.sides.answers
        answers.offer(replace(answers.choice, search=text))

    def action_whole(self) -> None:
        """Show a long prompt to its end, or no longer."""
        self.action_side(ANSWERS)
        answers = self.sides.answers
        if answers.found:
            answers.offer(replace(answers.choice, whole=not answers.choice.whole))
        elif answers.asked is not None:
            self.say("there is no prompt in sight")

    def action_back(self) -> None:
        """Leave the search; then the comparison."""
        if self.search.text:
            self.search.action_drop()
        else:
            self.dismiss()

    def action_copy(self, form: Form) -> None:
        """Copy what is in sight, through the terminal."""
        if len(self.compared) < LEAST:
            self.say("there is nothing to copy yet")
            return
        if self.sides.side in TABLES:
            names = [each.name for each in self.compared]
            self._copy(copied(form, names, self.sections()), f"{self.sides.side} as {form}")
            return
        lines = [text_of(line).rstrip() for line in self.sides.view.lines]
        self._copy("\n".join(lines), f"{number_of(len(lines), 'line')} of the {self.sides.side}")

    def _copy(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        self.say(f"copied {what}")
