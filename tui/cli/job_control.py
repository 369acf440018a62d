"""`ftlab jobs cancel`, `pause`, `resume` and `retry`: what somebody wants of a job."""

from __future__ import annotations

import click

from tui.cli.names import job_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option
from tui.cli.queue import (
    place_in_queue,
    priority_of,
    priority_option,
    queue_option,
    tell_queued,
)


@click.command()
@job_argument
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="X",
    default=60.0,
    show_default=True,
    help="Seconds to wait until it has stopped; 0 not to wait.",
)
@db_option
@json_option
def cancel(job: str, wait: float, *, as_json: bool) -> None:
    """Stop a job cleanly. A local one saves a checkpoint first and can be resumed.

    A script of your own is asked to stop (`run.stop_requested` tells it); asked once more, its
    process is ended.
    """
    from store.queries.jobs import job_detail
    from tui.cli.following import wait_until_ended
    from tui.cli.output import print_json, say

    with opened() as lab:
        found = lab.find_job(job)
        lab.cancel_job(found)
        wait_until_ended(lab, found, wait)
        detail = job_detail(lab.database.reader, found)
    if as_json:
        print_json({"job": found, "status": detail.status})
    else:
        say(f"{detail.name}  {found}  {detail.status}")


@click.command()
@job_argument
@db_option
@json_option
def pause(job: str, *, as_json: bool) -> None:
    """Pause a hosted job. `ftlab jobs resume` lets it go on."""
    from store.queries.jobs import find_job, job_detail
    from tui.cli.output import print_json, say

    with opened() as lab:
        found = find_job(lab.database.reader, job)
        lab.pause_job(found)
        detail = job_detail(lab.database.reader, found)
    if as_json:
        print_json({"job": found, "status": detail.status, "reported": detail.reported_status})
    else:
        say(f"{detail.name}  {found}  {detail.reported_status or detail.status}")


@click.command()
@job_argument
@queue_option
@priority_option
@click.option("--follow", "follow_it", is_flag=True, help="Watch it train.")
@db_option
@json_option
def resume(job: str, priority: int | None, *, queued: bool, follow_it: bool, as_json: bool) -> None:
    """Go on with a job. A local one from its last checkpoint, a hosted one that was paused."""
    from store.queries.jobs import find_job, job_detail
    from tui.cli.following import follow_job
    from tui.cli.output import print_json_line, say
    from tui.cli.progress import staged

    waits = priority_of(priority, queued=queued)
    with opened() as lab:
        found = find_job(lab.database.reader, job)
        with staged() as progress:
            lab.resume_job(found, progress, priority=waits)
        detail = job_detail(lab.database.reader, found)
        if as_json:
            told = {"job": found, "from_step": detail.step, "attempt": detail.attempt}
            place = place_in_queue(lab.database.reader, found)
            print_json_line({**told, "queue": place} if place else told)
        elif waits is not None:
            say(f"{detail.name}  {found}")
            tell_queued(lab, found, followed=follow_it)
        else:
            where = f"after step {detail.step}" if detail.provider == "local" else "there"
            say(f"{detail.name}  {found}  goes on {where}")
        if follow_it:
            follow_job(lab, found, as_json=as_json)


@click.command()
@job_argument
@queue_option
@priority_option
@click.option("--follow", "follow_it", is_flag=True, help="Watch it train.")
@db_option
@json_option
def retry(job: str, priority: int | None, *, queued: bool, follow_it: bool, as_json: bool) -> None:
    """Start a new job from the plan of one that ended. Prints the new job's id."""
    from store.queries.jobs import find_job, job_detail
    from tui.cli.following import follow_job
    from tui.cli.output import print_json_line, say
    from tui.cli.progress import staged

    waits = priority_of(priority, queued=queued)
    with opened() as lab:
        found = find_job(lab.database.reader, job)
        with staged() as progress:
            again = lab.retry_job(found, progress, priority=waits)
        name = job_detail(lab.database.reader, again).name
        if as_json:
            told = {"job": again, "name": name, "retry_of": found}
            place = place_in_queue(lab.database.reader, again)
            print_json_line({**told, "queue": place} if place else told)
        else:
            say(f"{name}  {again}")
        if waits is not None and not as_json:
            tell_queued(lab, again, followed=follow_it)
        if follow_it:
            follow_job(lab, again, as_json=as_json)
