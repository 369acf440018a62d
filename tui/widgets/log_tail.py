"""The end of the log that a job's process writes."""

from __future__ import annotations

from collections.abc import Sequence

from tui.harmless import as_overwritten
from tui.ink import Line
from tui.widgets.job_view import JobView

LINES = 200


class LogTail(JobView):
    """The last lines of a job's log, following its end unless one scrolls up."""

    follows_end = True

    def read(self, job: str) -> Sequence[Line]:
        """Return the last lines, as a terminal would have been left by them."""
        lines = self.lab.log_tail(job, LINES)
        if not lines:
            return [[("No log: the job's process wrote none on this machine.", "dim")]]
        return [[(as_overwritten(line), "plain")] for line in lines]
