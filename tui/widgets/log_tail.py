"""The end of the log that a job's process writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.message import Message

from engine.providers.run_log import NAME
from store.queries.jobs import job_detail
from tui.harmless import as_overwritten, harmless
from tui.ink import Line
from tui.permissions import LOCAL, SCRIPT
from tui.widgets.job_view import JobView
from tui.widgets.title_line import homely

LINES = 200
_LOOK_SECONDS = 2.0

Stamp = tuple[int, int] | None
"""What a file looks like from outside: when it was written, and how long it is."""


class LogTail(JobView):
    """The last lines of a job's log, following its end unless one scrolls up."""

    follows_end = True

    @dataclass
    class Grew(Message):
        """The log is another one than was read: processes write after a job's end, too."""

        job: str

    def on_mount(self) -> None:
        """Look from time to time whether there is more, as long as the panel is in sight."""
        self._stamps: dict[str, Stamp] = {}
        self.set_interval(_LOOK_SECONDS, self._look_for_more)

    def read(self, job: str) -> Sequence[Line]:
        """Return the last lines, as a terminal would have been left by them."""
        self._stamps = {job: _stamp(self._log(job))}
        lines = self.lab.log_tail(job, LINES)
        if not lines:
            return [[(words, "dim")] for words in self._why_none(job)]
        return [[(as_overwritten(line), "plain")] for line in lines]

    def _log(self, job: str) -> Path:
        return self.lab.places.run(job) / NAME

    def _why_none(self, job: str) -> Sequence[str]:
        detail = job_detail(self.lab.database.reader, job)
        if detail.provider not in (LOCAL, SCRIPT):
            return "No log: the job runs elsewhere.", "What its service tells is under Events."
        folder = self._log(job).parent
        if folder.is_dir():
            return ("No log: the job's process wrote none so far.",)
        if detail.started_at is None:
            return ("No log yet: it begins when the job starts.",)
        return "No log: the job's folder is gone.", f"  {harmless(homely(folder))}"

    def _look_for_more(self) -> None:
        job = self.shown
        if job is None or job != self.job or not self.size or not self.screen.is_current:
            return
        before = self._stamps

        def look() -> Message | None:
            now = _stamp(self._log(job))
            return self.Grew(job) if job in before and before[job] != now else None

        self.in_background("look", look)

    def on_log_tail_grew(self, message: Grew) -> None:
        """Read it again."""
        if message.job == self.job:
            self.look(message.job)


def _stamp(log: Path) -> Stamp:
    try:
        found = log.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
