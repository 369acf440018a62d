"""What the forms about datasets have in common: fields, what they would do, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui.actions import Place, bindings
from tui.background import Background, Failure
from tui.ink import Ink, Line
from tui.screens.dataset_work import Act, Work, WorkEnded, begin, running
from tui.widgets.dataset_fields import Field, Pick, StepRows
from tui.widgets.dataset_work_line import WorkLine
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine
from tui.wrapping import wrap

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_REST_SECONDS = 0.2
_LOOK_SECONDS = 0.15


class DatasetForm(Screen[Any], Background):
    """The base of forms: a subclass says which fields there are, and what enter does.

    Args:
        lab: what is acted on.
        title: what the form is for.
    """

    BINDINGS = bindings("dataset_form")
    CSS_PATH = "../styles/datasets.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("dataset_form", "everywhere")

    def __init__(self, lab: Lab, title: str) -> None:
        super().__init__()
        self._lab, self._title = lab, title
        self.told = LineView(id="dataset-told")
        self._work: Work | None = None
        self._rest: Timer | None = None
        self._words: tuple[str, Ink] = ("", "dim")
        self._lines: Callable[[int], Sequence[Line]] = lambda _width: ()

    def fields(self) -> Iterator[Widget]:
        """Yield the fields, from top to bottom."""
        raise NotImplementedError

    def changed(self) -> None:
        """Look at what is written, now that it rests."""

    def go(self) -> None:
        """Do what the form says."""
        raise NotImplementedError

    def done(self, result: object) -> None:
        """Take what was done, and leave the form."""
        self.dismiss(result)

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the fields over what they would do."""
        yield TitleLine(self._title)
        with Vertical(id="dataset-fields"):
            yield from self.fields()
        yield FixedLines(id="dataset-state")
        yield self.told
        yield WorkLine()
        yield KeyLine("dataset_form")

    def on_mount(self) -> None:
        """Look at what stands there at first."""
        self.set_interval(_LOOK_SECONDS, self._show_work)
        if not self.query(Pick) and not self.query(StepRows):
            self.query_one(KeyLine).leave_out("form.choose")
        self.changed()

    def on_resize(self, _event: events.Resize) -> None:
        """Set what is told anew for another width."""
        self.say(*self._words)
        self._show_lines()

    def value(self, key: str) -> str:
        """Return what a field says."""
        for field in self.query(Field):
            if field.key == key:
                return field.value
        return next(pick.value for pick in self.query(Pick) if pick.key == key)

    def field(self, key: str) -> Field:
        """Return a field by its name."""
        return next(field for field in self.query(Field) if field.key == key)

    def say(self, words: str, ink: Ink = "dim") -> None:
        """Say in a line where the form stands."""
        self._words = words, ink
        self.query_one("#dataset-state", FixedLines).show([[(f" {words}", ink)]])

    def tell(self, lines: Sequence[Line]) -> None:
        """Show what the form would do."""
        self.tell_fitting(lambda _width: lines)

    def tell_fitting(self, lines: Callable[[int], Sequence[Line]]) -> None:
        """Show what the form would do, in lines made for the cells that there are."""
        self._lines = lines
        self._show_lines()

    def _show_lines(self) -> None:
        self.told.show(self._lines(self.told.room))

    def refuse(self, words: str) -> None:
        """Say why it cannot be."""
        room = max(20, self.told.room)
        if len(words) + 2 <= room:
            self.say(f"✗ {words}", "bad")
            return
        self.say("✗ that cannot be:", "bad")
        self.tell_fitting(lambda width: [[(line, "bad")] for line in wrap(words, width)])

    def on_input_changed(self, _event: Input.Changed) -> None:
        """Look at it when the writing rests."""
        self._look_soon()

    def on_pick_changed(self) -> None:
        """Look at it."""
        self._look_soon()

    def _look_soon(self) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self.changed)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do it."""
        event.stop()
        self.action_go()

    def action_go(self) -> None:
        """Do what the form says, unless nothing can be done."""
        if self._lab.why_not is not None:
            self.refuse(self._lab.why_not)
        elif self._work is None:
            self.go()

    def begin(self, words: str, act: Act) -> None:
        """Begin work and stay until it ends."""
        if (other := running(self._ftlab)) is not None:
            self.refuse(f"{other.words} goes on: wait for its end, or stop it in the datasets")
            return
        self._work = begin(self._ftlab, words, act, self)
        self.say("")

    def on_work_ended(self, message: WorkEnded) -> None:
        """Leave with what came of it, or say why nothing did."""
        self._work = None
        self.query_one(WorkLine).end()
        if message.words is None:
            self.done(message.result)
        elif message.error is not None:
            self.failed(message.error, message.words)
        else:
            self.say("stopped: nothing was recorded", "warn")

    def failed(self, _error: Exception, words: str) -> None:
        """Say why it could not be done."""
        self.refuse(words)

    def work_failed(self, failure: Failure) -> None:
        """Say what is wrong with what is written."""
        self.refuse(failure.words)

    def _show_work(self) -> None:
        if (work := self._work) is not None:
            stops = "stopping…" if work.stopping else "esc stops it"
            seconds = monotonic() - work.begun
            self.query_one(WorkLine).tell(work.words, work.done, work.total, seconds, stops)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_choose(self) -> None:
        """Choose the next of several things."""
        if isinstance(self.focused, Pick):
            self.focused.turn(1)

    def action_back(self) -> None:
        """Stop what is being done; then leave."""
        if self._work is not None:
            self._work.stop()
        else:
            self.dismiss(None)
