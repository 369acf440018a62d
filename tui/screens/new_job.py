"""The form of a new job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.timer import Timer

from engine.planning import LOCAL
from tui.actions import Place, bindings
from tui.background import Failure
from tui.command_line import YES, Draft, line_of
from tui.harmless import harmless
from tui.ink import Line
from tui.screens import new_job_drafts as drafts
from tui.screens.new_job_form import JobForm
from tui.screens.new_job_keys import FormKeys
from tui.screens.new_job_known import Known
from tui.screens.new_job_lines import panel_lines
from tui.screens.new_job_look import LookingAhead
from tui.screens.new_job_start import Starting
from tui.screens.new_job_words import first_fault, method_of, told_of, usual_of
from tui.screens.question import Question
from tui.styled_once import StyledOnce
from tui.watch import LogGrew
from tui.widgets.fixed_lines import FixedLines
from tui.widgets.form_button import FormButton
from tui.widgets.form_command import FormCommand
from tui.widgets.form_text import FormText
from tui.widgets.key_line import KeyLine
from tui.widgets.line_view import LineView
from tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_AGAIN_SECONDS = 2.0
"""How long after something was recorded it is looked again."""
_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]


@dataclass
class Begun(Message):
    """It was read what the form begins with."""

    draft: Draft


class NewJob(StyledOnce[None], LookingAhead, Starting, FormKeys):
    """The form of a new job, what is known of it beforehand, and the command that does the same.

    Args:
        lab: what is shown and acted on.
        dataset: the dataset version to train on, if that is settled.
        like: a job whose plan the form begins with.
    """

    BINDINGS = bindings("new_job")
    CSS_PATH = "../styles/new_job.tcss"
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    PLACES: tuple[Place, ...] = ("new_job", "everywhere")

    def __init__(self, lab: Lab, dataset: str | None = None, like: str | None = None) -> None:
        super().__init__()
        self.begin_looking(lab)
        self._like = like
        self._given = dataset
        self._usual: Draft = {}
        self._goes_on = False
        self._asked_again: Timer | None = None
        self._is_done = False

    def compose(self) -> ComposeResult:
        """Put the form beside what is known, over the command that does the same."""
        yield TitleLine("new job")
        with Container(id="new-job"):
            yield JobForm({})
            yield LineView(id="outlook")
        yield FormCommand()
        with Horizontal(id="form-foot"):
            yield FormButton("Start")
            yield FixedLines(id="form-state")
        yield FixedLines(id="form-help")
        yield KeyLine("new_job")

    def on_mount(self) -> None:
        """Begin with what was left here, or with what is usual."""
        self._ftlab.log_grew.subscribe(self, self._grew)
        self.show_starting()
        self.look_for_offers("")
        left = drafts.kept(self.lab, self._like)
        if left is not None:
            self._goes_on = True
            self._begin(left)
        self.in_background("begin", self._read_beginning)

    def _read_beginning(self) -> Begun:
        reader = self.lab.database.reader
        if self._like is None:
            return Begun(drafts.usual(reader))
        return Begun(drafts.draft_like(reader, self._like))

    def on_begun(self, message: Begun) -> None:
        """Show what the form begins with, and leave what somebody wrote meanwhile."""
        self._usual = message.draft
        if not self._goes_on:
            self._begin({**message.draft, **self.form.draft})

    def _begin(self, draft: Draft) -> None:
        given = {"dataset": self._given} if self._given else {}
        begun = {**draft, **given}
        self.form.put(begun)
        if begun.get("dataset"):
            self.form.visit("model")
        self.look_now()

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def said(self) -> Draft:
        """Return what the form says now."""
        return self.form.said

    @property
    def _provider(self) -> str:
        return self.form.draft.get("provider", "")

    @property
    def _key_trouble(self) -> str | None:
        """Why the service that is chosen cannot be asked."""
        return self.keys_tried.get(self._provider)

    def on_job_form_edited(self) -> None:
        """Show the command at once, and what comes of it when the writing rests."""
        if not self._is_done and self.form.draft != self._usual:
            drafts.keep(self.lab, self._like, self.form.draft)
        self.query_one(FormCommand).tell(line_of(self.said()))
        if self._provider not in ("", LOCAL):
            self.try_key(self._provider)
        if self._provider != self._offered:
            self.look_for_offers(self._provider)
        self.look_soon()
        self.show_starting()

    def on_looking_ahead_offered(self, message: LookingAhead.Offered) -> None:
        """Offer what was read."""
        form = self.form
        form.offers["datasets"] = message.datasets
        form.offers["models"] = message.models
        form.offers["base models"] = message.base_models
        form.offer_providers(message.providers)
        if isinstance(form.control, FormText):
            form.control.offer_anew()

    def on_looking_ahead_key_tried(self, message: LookingAhead.KeyTried) -> None:
        """Show whether there is a key."""
        self.keys_tried[message.provider] = message.trouble
        self.show_outlook()

    def _grew(self, _growth: LogGrew) -> None:
        """Look again after a while: slots may be free, or a dataset new."""
        if self._asked_again is None:
            self._asked_again = self.set_timer(_AGAIN_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._asked_again = None
        self.look_for_offers(self._provider)
        self.look_now()

    def on_resize(self, _event: events.Resize) -> None:
        """Fit what is known to its panel, and a list that is open to the form."""
        self.call_after_refresh(self.show_outlook)
        if isinstance(self.focused, FormText):
            self.call_after_refresh(self.focused.lie)

    def show_outlook(self) -> None:
        """Show what is known by now: beside the fields, and in the panel."""
        outlook, asked = self.outlook, self.asked
        if outlook is None or asked is None or not self.is_attached:
            return
        told, loose = told_of(self.form, outlook, asked.faults)
        self.form.show_usual(usual_of(outlook, asked.request), method_of(outlook))
        self.form.tell(told)
        known = Known(
            outlook,
            self.checking,
            self._key_trouble,
            waits=self.said().get("queued") == YES,
            loose=loose,
            why_not=self.lab.why_not,
        )
        view = self.query_one("#outlook", LineView)
        view.show(panel_lines(known, view.room, self._ftlab.clock()))
        self.show_starting()

    def show_starting(self) -> None:
        """Show what is being done to start a job, or what stands against it."""
        state = self.query_one("#form-state", FixedLines)
        state.show([self._state()])

    def _state(self) -> Line:
        if self.starting is not None:
            return [("● ", "accent"), (f"{self.starting} …", "plain")]
        if self.is_looking or self.outlook is None:
            return [("looking …", "dim")]
        faults = len(self.outlook.faults) + len(self.asked.faults if self.asked else ())
        if self._key_trouble is not None:
            return [("✗ ", "bad"), (f"no key for {self._provider}", "plain")]
        if faults:
            words = "thing is" if faults == 1 else "things are"
            return [("✗ ", "bad"), (f"{faults} {words} missing or wrong", "plain")]
        if self.lab.why_not is not None:
            return [("! ", "warn"), ("nothing can be started here", "plain")]
        if self.outlook.waits_for_check:
            return [("the data is checked first …", "dim")]
        return [("✓ ", "good"), (f"{self._job_name()} can be started", "plain")]

    def _job_name(self) -> str:
        plan = self.outlook.plan if self.outlook is not None else None
        return harmless(plan.name) if plan is not None else "it"

    def on_form_button_pressed(self) -> None:
        """Start the job."""
        self.action_start()

    def action_copy(self) -> None:
        """Copy the command line, through the terminal."""
        command = line_of(self.said())
        self.app.copy_to_clipboard(command)
        self.notify(f"copied: {harmless(command)}", markup=False)

    def action_clear(self) -> None:
        """Empty the form, if that is meant."""
        written = self.form.draft
        if written == self._usual:
            self.notify("there is nothing in the form to take away", markup=False)
            return
        told = "All that was written is gone then; what is usual stands in the form again."
        question = Question("Begin the form anew?", told, "begin anew", "keep what is written")

        def answered(yes: bool | None) -> None:
            if yes:
                self._begin(self._usual)
                drafts.forget(self.lab, self._like)

        self.app.push_screen(question, answered)

    def action_leave(self) -> None:
        """Close the list that is open; else leave the form, which keeps what was written."""
        focused = self.focused
        if isinstance(focused, FormText) and focused.close():
            return
        if self.starting is not None:
            self.notify("starting goes on; the job will be in the list", markup=False)
        self.dismiss()

    def on_unmount(self) -> None:
        """End what is looked for; what was written is kept already."""
        self.stop_checking()

    def action_start(self) -> None:
        """Start the job, or say what stands against it."""
        if self.lab.why_not is not None:
            self.notify(self.lab.why_not, severity="warning", markup=False)
        elif self.starting is not None:
            self.notify(f"it is being started already: {self.starting}", markup=False)
        elif self._is_done:
            self.notify("this job was started already", markup=False)
        elif not self._says_fault():
            self.prepare(dict(self.said()))

    def _says_fault(self) -> bool:
        """Say what stands against the job and go there; tell whether anything does."""
        found = None
        # Of what was written just now, planning it tells.
        if self.outlook is not None and self.asked is not None and not self.is_looking:
            found = first_fault(self.outlook, self.asked.faults)
        if found is None and self._key_trouble is not None:
            found = "provider", self._key_trouble
        if found is None:
            return False
        name, words = found
        self.notify(harmless(words), severity="warning", markup=False)
        if name is not None:
            self.form.visit(name)
        return True

    def has_started(self) -> None:
        """Begin anew at the next opening: what was written is a job now."""
        self._is_done = True
        drafts.forget(self.lab, self._like)

    def on_starting_started(self, message: Starting.Started) -> None:
        """Go to the job."""
        self._ftlab.notify(harmless(message.words), markup=False)
        self._ftlab.show_job(message.job)

    def work_failed(self, failure: Failure) -> None:
        """Tell, and leave the form as it was."""
        self.look_failed(failure)
        self.start_failed(failure)
        super().work_failed(failure)
        self.show_starting()
