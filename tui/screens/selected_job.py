"""Whether there is a job that a key can act on."""

from __future__ import annotations

from textual.screen import Screen

from tui.widgets.job_list import JobRows

_NO_JOBS = "there is no job to do that with"
_NONE_FITS = "no job fits the search: esc shows all jobs again"


class SelectedJob(Screen[None]):
    """A screen with a list of jobs, one of which is selected unless there is none.

    Attributes:
        rows: the list.
    """

    rows: JobRows

    def has_job(self) -> bool:
        """Tell whether a job is selected; say why there is nothing to act on if none is."""
        if self.rows.selected_id is not None:
            return True
        words = _NONE_FITS if self.rows.book.counts else _NO_JOBS
        self.app.notify(words, severity="warning", markup=False)
        return False
