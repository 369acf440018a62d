"""Everything about the selected job: its headline, and one of its panels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import ContentSwitcher

from store.job_status import ACTIVE, QUEUED
from store.queries.jobs import JobSummary
from tui.curve_look import AS_USUAL, CurveLook
from tui.widgets.curves import Curves
from tui.widgets.event_list import EventList
from tui.widgets.headline import Headline
from tui.widgets.job_view import JobView
from tui.widgets.log_tail import LogTail
from tui.widgets.metric_table import MetricTable
from tui.widgets.overview import Overview
from tui.widgets.tab_strip import TabStrip

if TYPE_CHECKING:
    from engine.lab import Lab

PANELS: dict[str, tuple[str, Callable[[Lab, Callable[[], datetime], str], JobView]]] = {
    "overview": ("Overview", Overview),
    "curves": ("Curves", Curves),
    "metrics": ("Metrics", MetricTable),
    "events": ("Events", EventList),
    "log": ("Log", LogTail),
}
"""Id, title and class of each panel, in the order of their tabs."""

_FIRST = "curves"
_APART_SECONDS = 1.0
_LOG_SECONDS = 1.0


class JobPanel(Vertical):
    """Shows one job; only the panel in sight is read.

    Args:
        lab: where to read.
        now: tells the time.
        panel: which panel is open at first.
        curves: how the curves are looked at at first.
    """

    def __init__(
        self,
        lab: Lab,
        now: Callable[[], datetime],
        panel: str | None = None,
        curves: CurveLook = AS_USUAL,
    ) -> None:
        super().__init__(id="job-panel")
        self._headline = Headline(lab, now, "headline")
        first = panel if panel in PANELS else _FIRST
        self._tabs = TabStrip({name: title for name, (title, _) in PANELS.items()}, first)
        self._views = {name: view(lab, now, name) for name, (_, view) in PANELS.items()}
        self.curves.how = curves
        self.job: JobSummary | None = None
        self._looked = 0.0
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the headline over the tabs over the panels."""
        yield self._headline
        yield self._tabs
        with ContentSwitcher(initial=self.opened):
            yield from self._views.values()

    def on_mount(self) -> None:
        """Follow what no event of the job tells: the log that it writes, its place in the queue."""
        self.set_interval(_LOG_SECONDS, self._follow)

    @property
    def opened(self) -> str:
        """Which panel is open."""
        return self._tabs.active

    @property
    def curves(self) -> Curves:
        """The panel of curves."""
        return cast("Curves", self._views["curves"])

    @property
    def view(self) -> JobView:
        """The panel in sight."""
        return self._views[self._tabs.active]

    def show_job(self, job: JobSummary | None) -> None:
        """Show this job, or read again what is shown of it."""
        self.job = job
        self._looked = monotonic()
        name = None if job is None else job.id
        self._show_head()
        self.view.look(name)

    def overlay(self, jobs: Sequence[str]) -> None:
        """Draw the curves of these jobs together, if there are several; else those of the job."""
        self.curves.beside = jobs if len(jobs) > 1 else ()
        self.curves.look(self.curves.job)
        self._show_head()

    def _show_head(self) -> None:
        """Say what the panel in sight shows: the job, or those whose curves are overlaid."""
        self._headline.beside = self.curves.beside if isinstance(self.view, Curves) else ()
        self._headline.look(None if self.job is None else self.job.id)

    def job_changed(self, job: JobSummary) -> None:
        """Show what changed of the job in sight, at most once a second."""
        self.job = job
        wait = self._looked + _APART_SECONDS - monotonic()
        if wait <= 0:
            self.show_job(job)
        elif self._waiting is None:
            self._waiting = self.set_timer(wait, self._look_again)

    def _look_again(self) -> None:
        self._waiting = None
        self.show_job(self.job)

    def _follow(self) -> None:
        if self.job is None or not self.screen.is_current:
            return
        writes = self.job.status in ACTIVE and isinstance(self.view, LogTail)
        waits = self.job.status == QUEUED and isinstance(self.view, Overview)
        if writes or waits:
            self.view.look(self.view.job)

    def open(self, panel: str) -> None:
        """Show a panel by its id."""
        focused = self.view.has_focus
        self._tabs.active = panel
        self.query_one(ContentSwitcher).current = panel
        self._show_head()
        self.view.come_up(None if self.job is None else self.job.id)
        if focused:
            self.view.focus(scroll_visible=False)

    def turn(self, by: int) -> None:
        """Show the panel after the one in sight, or before it."""
        names = list(PANELS)
        self.open(names[(names.index(self._tabs.active) + by) % len(names)])

    def next_metric(self, by: int) -> None:
        """Draw another metric, opening the curves if they are not in sight."""
        if isinstance(self.view, Curves):
            self.view.next_metric(by)
        else:
            self.open("curves")

    def look_at_curves(self, change: Callable[[Curves], None]) -> None:
        """Look at the curves in another way, opening them if they are not in sight."""
        if not isinstance(self.view, Curves):
            self.open("curves")
        change(self.curves)

    def on_tab_strip_picked(self, message: TabStrip.Picked) -> None:
        """Show the panel whose tab was clicked."""
        self.open(message.tab)
