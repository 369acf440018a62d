"""The main screen: the jobs, and everything about the selected one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from store.errors import NotFoundError
from store.queries.jobs import JobSummary, job_detail
from store.queries.models import ModelRow, model
from tui.actions import Place, actions_of, bindings
from tui.background import Background
from tui.job_book import JobBook
from tui.permissions import what_cancel_does, why_no_chat, why_not_cancel, why_not_resume
from tui.screens.question import Question
from tui.watch import JobsRead, LogGrew
from tui.widgets.empty import Empty
from tui.widgets.job_list import JobList, JobRows
from tui.widgets.job_panel import JobPanel
from tui.widgets.key_line import KeyLine
from tui.widgets.notice import Notice
from tui.widgets.title_line import TitleLine, homely

if TYPE_CHECKING:
    from engine.lab import Lab
    from tui.app import FtlabApp

_REST_SECONDS = 0.08
_OLDER_SECONDS = 20.0
_NOTICE_SECONDS = 1.0
_OF_JOBS = [action.id for action in actions_of("jobs") if action.topic != "Ftlab"]
_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (120, "-wide")]


class Jobs(Screen[None], Background):
    """Lists the jobs; shows the selected one beside the list, or below it where it is narrow.

    Args:
        lab: what is shown and acted on.
        now: tells the time.
    """

    BINDINGS = bindings("jobs")
    HORIZONTAL_BREAKPOINTS = _BREAKPOINTS
    PLACES: tuple[Place, ...] = ("jobs", "rows", "everywhere")

    @dataclass
    class Told(Message):
        """Something that was asked for was done, or cannot be: these words tell."""

        words: str
        refused: bool = False

    @dataclass
    class ModelFound(Message):
        """The model to talk to was found."""

        model: ModelRow

    def __init__(self, lab: Lab, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.lab = lab
        self._rows = JobRows(JobBook(), now)
        self._panel = JobPanel(lab, now)
        self._keys = KeyLine("jobs", "everywhere")
        self._rest: Timer | None = None

    @property
    def _ftlab(self) -> FtlabApp:
        return cast("FtlabApp", self.app)

    def compose(self) -> ComposeResult:
        """Put the list and the job between the title and the keys."""
        yield TitleLine(homely(self.lab.database.path))
        with Container(id="body"):
            yield JobList(self._rows)
            yield self._panel
        yield Empty()
        yield Notice()
        yield self._keys

    def on_mount(self) -> None:
        """Listen to what is read of the log."""
        # Textual sets it after a first layout, which would be painted for nothing.
        self.add_class([name for least, name in _BREAKPOINTS if self.app.size.width >= least][-1])
        self._ftlab.jobs_read.subscribe(self, self._show_page)
        self._ftlab.log_grew.subscribe(self, self._show_changes)
        self.set_interval(_NOTICE_SECONDS, self._show_notice)
        self.set_interval(_OLDER_SECONDS, self._rows.grow_older)
        self._keys.leave_out("job.back")
        self._rows.focus()
        if (page := self._ftlab.first_jobs) is not None:
            self._show_page(page)
        self.call_after_refresh(self._ftlab.start_watching)

    def _show_page(self, page: JobsRead) -> None:
        self._merge(page.rows)
        if page.whole:
            self._say_if_empty()
            self.call_after_refresh(self._ftlab.start_polling)

    def _show_changes(self, growth: LogGrew) -> None:
        self._merge(growth.rows)

    def _merge(self, jobs: list[JobSummary]) -> None:
        self._rows.merge(jobs)
        self.query_one(TitleLine).show_counts(self._rows.book.counts)
        if self.has_class("no-jobs"):
            self._say_if_empty()
        if self._panel.job is None and self._rows.selected is not None:
            # After the list: the first chart loads the library that draws it.
            self.call_after_refresh(self._show_selected)
        self._tell_panel()

    def _say_if_empty(self) -> None:
        empty = not self._rows.book.rows
        self.set_class(empty, "no-jobs")
        self._keys.leave_out(*(_OF_JOBS if empty else ("job.back",)))

    def _tell_panel(self) -> None:
        """Show what changed of the job in the panel."""
        shown = self._panel.job
        now = None if shown is None else self._rows.book.get(shown.id)
        if now is not None and now != shown:
            self._panel.job_changed(now)

    def on_row_list_cursor_moved(self) -> None:
        """Show the selected job as soon as the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._show_selected)

    def _show_selected(self) -> None:
        self._panel.show_job(self._rows.selected)

    def on_jobs_told(self, message: Told) -> None:
        """Say what was done, or why not."""
        self.notify(
            message.words,
            severity="warning" if message.refused else "information",
            markup=False,
        )

    def on_jobs_model_found(self, message: ModelFound) -> None:
        """Open a chat."""
        self._ftlab.open_chat(message.model)

    def action_zoom(self) -> None:
        """Give the selected job the whole screen, or give it back."""
        if self.has_class("zoomed"):
            self.action_unzoom()
        elif self._rows.selected is not None:
            self.add_class("zoomed")
            self._keys.leave_out("job.open")
            self._panel.view.focus()

    def action_unzoom(self) -> None:
        """Return to the list."""
        self.remove_class("zoomed")
        self._keys.leave_out("job.back")
        self._rows.focus()

    def action_panel(self, panel: str) -> None:
        """Show a panel of the job."""
        self._panel.open(panel)

    def action_turn(self, by: int) -> None:
        """Show the next panel of the job, or the one before."""
        self._panel.turn(by)

    def action_next_metric(self, by: int) -> None:
        """Draw another metric."""
        self._panel.next_metric(by)

    def action_cancel_job(self) -> None:
        """Ask whether the selected job shall stop, and stop it."""
        if (job := self._allowed(why_not_cancel)) is not None:
            question = Question(
                f"Cancel {job.name}?",
                what_cancel_does(job),
                "cancel it",
                "let it run",
            )
            told = f"{job.name} was asked to stop"
            self._ask(question, job, self.lab.cancel_job, told)

    def action_resume_job(self) -> None:
        """Ask whether the selected job shall go on, and let it."""
        if (job := self._allowed(why_not_resume)) is not None:
            question = Question(
                f"Resume {job.name}?",
                "Training goes on from its last checkpoint, in the background.",
                "resume it",
                "leave it",
            )
            self._ask(question, job, self.lab.resume_job, f"{job.name} goes on")

    def _allowed(self, why_not: Callable[[JobSummary], str | None]) -> JobSummary | None:
        """Return the selected job if the action makes sense for it; say why not otherwise."""
        job = self._rows.selected
        if job is None:
            return None
        refusal = why_not(job)
        if refusal is not None:
            self.post_message(self.Told(refusal, refused=True))
            return None
        return job

    def _ask(
        self, question: Question, job: JobSummary, act: Callable[[str], None], told: str
    ) -> None:
        def work() -> Message:
            act(job.id)
            return self.Told(told)

        def answered(answer: bool | None) -> None:
            if answer:
                self.in_background(f"act {job.id}", work)

        self.app.push_screen(question, answered)

    def action_chat(self) -> None:
        """Talk to the model that the selected job made."""
        if (job := self._rows.selected) is not None:
            self.in_background("chat", lambda: self._find_model(job.id))

    def _find_model(self, job: str) -> Message:
        reader = self.lab.database.reader
        detail = job_detail(reader, job)
        refusal = why_no_chat(detail)
        if refusal is not None:
            return self.Told(refusal, refused=True)
        try:
            return self.ModelFound(model(reader, detail.model or ""))
        except NotFoundError:
            return self.Told(f"the model of {detail.name} is not registered yet", refused=True)

    def _show_notice(self) -> None:
        self.query_one(Notice).tell(self.lab.database.notice, self.lab.polling_notice)
