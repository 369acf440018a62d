"""Moving about in the form of a new job, by keys."""

from __future__ import annotations

from textual.screen import Screen

from tui.ink import Line
from tui.screens.new_job_form import JobForm
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.form_button import FormButton
from tui.widgets.form_choice import FormChoice
from tui.widgets.form_fold import FormFold
from tui.widgets.form_text import FormText


class FormKeys(Screen[None]):
    """A screen with a form in it."""

    @property
    def form(self) -> JobForm:
        """The fields."""
        return self.query_one(JobForm)

    def on_job_form_visited(self) -> None:
        """Say what the visited field is for."""
        field = self.form.visited
        line: Line = []
        if field is not None:
            line = [(f" {field.option} ", "key"), (field.help, "dim")]
        elif isinstance(self.focused, FormFold):
            line = [(" All that the command can be told, the rarer settings too", "dim")]
        self.query_one("#form-help", FixedLines).show([line])

    def on_form_text_entered(self) -> None:
        """Go on to the next field."""
        self.focus_next()

    def action_step(self, by: int) -> None:
        """Move in the list of a field, open it, or go to another field."""
        focused = self.focused
        if isinstance(focused, FormText):
            if focused.is_open:
                focused.move(by)
                return
            if by > 0 and focused.open(everything=True):
                return
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_turn(self, by: int) -> None:
        """Choose the next thing, or the one before; fold open or together."""
        focused = self.focused
        if isinstance(focused, FormChoice):
            focused.turn(by)
        elif isinstance(focused, FormFold) and focused.is_open != (by > 0):
            focused.turn()

    def action_press(self) -> None:
        """Do what enter does where the focus is."""
        focused = self.focused
        if isinstance(focused, FormChoice):
            focused.turn(1)
        elif isinstance(focused, FormFold):
            focused.turn()
        elif isinstance(focused, FormButton):
            focused.press()
        else:
            self.focus_next()

    def action_more(self) -> None:
        """Show all settings, or fold the rarer ones away."""
        self.form.action_fold()
