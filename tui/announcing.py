"""Telling somebody who looks elsewhere that a job has ended."""

from __future__ import annotations

from textual.app import App

from store.job_status import ACTIVE, ENDED, SUCCEEDED
from store.queries.jobs import JobSummary
from tui.formats import number
from tui.harmless import harmless
from tui.ink import look


def has_ended(before: JobSummary, now: JobSummary) -> bool:
    """Tell whether a job ended between two looks at it."""
    return before.status in ACTIVE and now.status in ENDED


def announce(app: App[int], job: JobSummary) -> None:
    """Tell that a job has ended."""
    words = end_in_words(job)
    app.notify(
        words, severity="information" if job.status == SUCCEEDED else "warning", markup=False
    )
    app.bell()
    driver = app._driver  # noqa: SLF001 - Textual has no other way to reach the terminal
    if driver is not None and not app.is_headless:
        driver.write(desktop_notification("ftlab", words))


def end_in_words(job: JobSummary) -> str:
    """Say how a job ended."""
    loss = f", loss {number(job.loss)}" if job.loss is not None else ""
    return f"{harmless(job.name)} {look(job.status).word}{loss}"


def desktop_notification(title: str, words: str) -> str:
    """Return what makes terminals tell it outside their window; others take no notice.

    OSC 9 is iTerm2's, kitty's and Windows Terminal's; OSC 777 that of urxvt, foot and VTE.
    """
    title, words = (harmless(text).replace(";", ",") for text in (title, words))
    return f"\x1b]9;{title}: {words}\x07\x1b]777;notify;{title};{words}\x07"
