"""Watching a job from the command line: a live bar for people, events for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from click.exceptions import Exit

from store import job_status
from store.queries.jobs import JobDetail, job_detail
from tui.cli.output import note, print_json_line, say
from tui.cli.queue import where_it_waits
from tui.harmless import harmless

if TYPE_CHECKING:
    from engine.lab import Lab

_LOOK_SECONDS = 0.3


def follow_job(lab: Lab, job: str, *, as_json: bool = False) -> None:
    """Show a job's progress until it ends, then say how; Ctrl-C leaves it running.

    Args:
        lab: where the job is.
        job: its id.
        as_json: print its events from the first, a JSON document a line, and nothing else.

    Raises:
        Exit: with status 1 if the job did not succeed, 130 if the watching was cut short.
    """
    sys.stdout.flush()
    try:
        _show(lab, job, as_json=as_json)
    except KeyboardInterrupt:
        name = job_detail(lab.database.reader, job).name
        waits = where_it_waits(lab.database.reader, job)
        note("")
        note(f"{name} {waits or 'goes on'}: `ftlab jobs follow {name}` watches it again.")
        raise Exit(130) from None
    detail = job_detail(lab.database.reader, job)
    if not as_json:
        _tell_end(detail)
    if detail.status != job_status.SUCCEEDED:
        raise Exit(1)


def _show(lab: Lab, job: str, *, as_json: bool) -> None:
    if as_json:
        _events(lab, job)
    elif sys.stderr.isatty():
        _bar(lab, job)
    else:
        _lines(lab, job)


def wait_until_ended(lab: Lab, job: str, seconds: float) -> None:
    """Bring in the job's news until it has ended or the time is over."""
    deadline = time.monotonic() + seconds
    # Whoever waits for an end has not asked for something to begin.
    for _ in _states(lab, job, slots=0):
        if time.monotonic() >= deadline:
            return


def _states(lab: Lab, job: str, *, slots: int | None = None) -> Iterator[JobDetail]:
    """Yield the job whenever it may have changed, the last time when it has ended."""
    lab.start_polling(slots=slots)
    try:
        while True:
            detail = job_detail(lab.database.reader, job)
            yield detail
            if detail.status in job_status.ENDED:
                return
            time.sleep(_LOOK_SECONDS)
    finally:
        lab.stop_polling()


def _events(lab: Lab, job: str) -> None:
    from store.queries.history import Filter, history

    seen = 0
    for _ in _states(lab, job):
        for event in history(lab.database.reader, Filter(stream=f"job/{job}"), after=seen):
            print_json_line(event.as_json())
            seen = event.seq
        sys.stdout.flush()


def _bar(lab: Lab, job: str) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

    from tui.cli.progress import bar, text_column

    columns = (
        text_column("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        text_column("{task.fields[loss]}"),
        TimeRemainingColumn(),
    )
    with bar(*columns, transient=False) as shown:
        task = shown.add_task("", total=None, loss="")
        for detail in _states(lab, job):
            shown.update(
                task,
                description=harmless(f"{detail.name} {detail.status}"),
                completed=detail.step,
                total=detail.total_steps,
                loss=_losses(detail),
            )


def _lines(lab: Lab, job: str) -> None:
    """Write a line whenever a tenth of the way is done or the status changes."""
    said: tuple[str, int] | None = None
    for detail in _states(lab, job):
        tenth = 10 * detail.step // detail.total_steps if detail.total_steps else 0
        if said != (detail.status, tenth):
            said = (detail.status, tenth)
            total = detail.total_steps or "?"
            line = f"{detail.name} {detail.status} {detail.step}/{total} {_losses(detail)}"
            note(line.rstrip())


def _losses(detail: JobDetail) -> str:
    from tui.formats import number

    parts = [("loss", detail.loss), ("eval", detail.eval_loss)]
    return "  ".join(f"{name} {number(value)}" for name, value in parts if value is not None)


def _tell_end(detail: JobDetail) -> None:
    if detail.provider == "script" and detail.status == job_status.SUCCEEDED:
        say(f"{detail.name} succeeded: ftlab jobs show {detail.name}")
        return
    if detail.status == job_status.SUCCEEDED:
        say(f"{detail.name} succeeded: ftlab chat {detail.name}")
        return
    say(f"{detail.name} {detail.status}" + (f": {detail.reason}" if detail.reason else ""))
    if detail.provider == "script":
        return
    if detail.provider != "local":
        if detail.status in job_status.ENDED:
            say(f"ftlab jobs retry {detail.name} starts a new job from its plan.")
        return
    if detail.status in job_status.RESUMABLE:
        where = "from its last checkpoint" if detail.checkpoint else "from the beginning"
        say(f"ftlab jobs resume {detail.name} goes on {where}.")
