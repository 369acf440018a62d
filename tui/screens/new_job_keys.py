"""Moving about in the form of a new job, by keys."""

from __future__ import annotations

from textual import events
from textual.screen import Screen

from tui.actions import NONE, actions_of
from tui.ink import Line
from tui.screens.new_job_form import JobForm
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.form_button import FormButton
from tui.widgets.form_choice import FormChoice
from tui.widgets.form_fold import FormFold
from tui.widgets.form_text import FormText
from tui.widgets.key_line import KeyLine

_WITH_A_LIST = {"new_job.leave": "close list"}
_UNFOLDED = {"new_job.more": "fewer"}
_HELP = "ftlab.help"
"""The help lies over the form, and takes nobody out of it."""


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

    def on_key(self, event: events.Key) -> None:
        """Let no letter that was meant for a field lead out of the form, or out of ftlab."""
        if not event.is_printable:
            return
        own = getattr(self.app, "own_keys", NONE)
        leading = (each for each in actions_of("everywhere", own=own) if each.id != _HELP)
        named = {key: each for each in leading for key in each.keys.split(",")}
        if event.key in named:
            event.stop()
            words = f" esc leaves the form first; then {event.key} is: {named[event.key].label}"
            self.query_one("#form-help", FixedLines).show([[(words, "warn")]])

    def on_form_text_entered(self) -> None:
        """Go on to the next field."""
        self.focus_next()

    def on_form_text_turned(self) -> None:
        """Say what escape does now: a list that is open is closed first."""
        self._name_keys()

    def on_form_fold_turned(self) -> None:
        """Say what would unfold the rarer settings, or fold them away."""
        self._name_keys()

    def _name_keys(self) -> None:
        opened = isinstance(self.focused, FormText) and self.focused.is_open
        self.query_one(KeyLine).call(
            _WITH_A_LIST if opened else NONE, _UNFOLDED if self.form.is_unfolded else NONE
        )

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
        self.form.turn_fold()
