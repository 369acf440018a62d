"""`ftlab queue`: what runs on this machine and what waits, and changing the order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.attendance import polled_by, unattended
from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.names import job_argument, names_of
from tui.cli.opening import db_option, opened, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab
    from engine.queue import Place
    from store.queries.queue import QueueRow, SlotRow

_EXAMPLES = """\b
Examples:
  ftlab train gsm8k/train --model smollm2-135m-instruct --queue
  ftlab queue
  ftlab queue move gsm8k-train-2 --first
  ftlab queue priority gsm8k-train-3 5
  ftlab jobs cancel gsm8k-train-3

\b
How many run at a time:
  ftlab config set slots 2
  ftlab daemon --slots 2
"""

queue_option = click.option(
    "--queue", "queued", is_flag=True, help="Wait for its turn instead of starting now."
)
_PRIORITY = click.IntRange(-1_000_000, 1_000_000)
priority_option = click.option(
    "--priority",
    type=_PRIORITY,
    metavar="N",
    help="With --queue: higher ones come first [default: 0].",
)


def priority_of(priority: int | None, *, queued: bool) -> int | None:
    """Return the priority with which a job shall wait, None if it shall start now.

    Raises:
        click.UsageError: if a priority is given for a job that does not wait.
    """
    if priority is not None and not queued:
        raise click.UsageError("--priority goes with --queue: without it the job starts at once")
    return (priority or 0) if queued else None


@click.group(cls=CommandGroup, invoke_without_command=True, epilog=_EXAMPLES)
@at_option
@db_option
@json_option
@click.pass_context
def queue(context: click.Context, at: str | None, *, as_json: bool) -> None:
    """Jobs that wait for their turn here: list them, reorder.

    Without a command: list what runs here and what waits, in order. A daemon, the dashboard or a
    command that follows a job starts the next one when a slot is free.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from store.queries.queue import slots_taken, waiting
    from tui.cli.output import print_json

    with opened() as lab, standing(lab, at) as connection:
        running, rows = slots_taken(connection), waiting(connection)
        if as_json:
            print_json(
                {
                    "slots": _slots(lab),
                    "running": running,
                    "waiting": rows,
                    "polled_by": None if at else polled_by(connection),
                }
            )
            return
        _print(running, rows)
        if at is None:
            _tell_who_looks_after(lab, running, rows)


def _print(running: list[SlotRow], rows: list[QueueRow]) -> None:
    from datetime import UTC, datetime

    from tui.cli.output import note, print_table
    from tui.formats import age

    if not running and not rows:
        note(
            "Nothing runs here and nothing waits. `ftlab train --queue` puts a job into the queue."
        )
        return
    now = datetime.now(UTC)
    lines = [[_state(row), row.name, "", age(row.since, now), _on(row), row.job] for row in running]
    lines += [
        [str(place), row.name, str(row.priority), age(row.queued_at, now), row.queued_by, row.job]
        for place, row in enumerate(rows, start=1)
    ]
    print_table(["place", "job", ">priority", "since", "~asked by", "id"], lines)


def _state(row: SlotRow) -> str:
    """Return what a job does that has its slot: here "queued" would say that it waits."""
    from store.job_status import PLANNED, QUEUED

    return "starting" if row.status in (PLANNED, QUEUED) else row.status


def _on(row: SlotRow) -> str:
    return f"on {', '.join(row.devices)}" if row.devices else ""


def _tell_who_looks_after(lab: Lab, running: list[SlotRow], rows: list[QueueRow]) -> None:
    """Say who starts what waits, or that nobody does, or brings in how those that run do."""
    from store.queries.jobs import jobs_by_id
    from tui.cli.output import note
    from tui.wording import number_of

    reader = lab.database.reader
    starter = polled_by(reader)
    if rows and starter is not None:
        note(f"{number_of(_slots(lab), 'slot')} by the settings; {starter} starts what waits.")
    elif rows:
        seen = ", and what runs is shown as it was last seen" if running else ""
        note(
            f"Nothing starts what waits yet{seen}: that takes `ftlab daemon`, or the dashboard "
            "open (`ftlab`)."
        )
    elif hint := unattended(reader, jobs_by_id(reader, [row.job for row in running])):
        note(hint)


def _slots(lab: Lab) -> int:
    from engine.queue import slots

    return slots(lab)


def where_it_waits(connection: sqlite3.Connection, job: str, *, now: bool = True) -> str | None:
    """Say a waiting job's place in the queue, and if nobody will start it; None for any other job.

    Args:
        connection: where to look.
        job: its id.
        now: whether this is the present, of which alone is known who polls.
    """
    from store.queries.queue import place

    found = place(connection, job)
    if found is None:
        return None
    where = f"waits in the queue, place {found[0]} of {found[1]}"
    idle = now and polled_by(connection) is None
    return (
        f"{where}; nothing starts it yet: that takes `ftlab daemon` or `ftlab`" if idle else where
    )


def place_in_queue(connection: sqlite3.Connection, job: str) -> dict[str, int] | None:
    """Return a waiting job's place for programs; None if it does not wait."""
    from store.queries.queue import place

    found = place(connection, job)
    return None if found is None else {"place": found[0], "of": found[1]}


def tell_queued(lab: Lab, job: str, *, followed: bool) -> None:
    """Say where a job waits that was just put into the queue, and if nobody will start it."""
    from tui.cli.output import note

    where = where_it_waits(lab.database.reader, job, now=not followed)
    if where is not None:
        note(where)


@queue.command()
@job_argument
@click.option("--first", is_flag=True, help="Make it the next one.")
@click.option("--last", is_flag=True, help="Put it behind all others.")
@click.option(
    "--before", metavar="OTHER", shell_complete=names_of("job"), help="Right before this one."
)
@db_option
@json_option
def move(job: str, before: str | None, *, first: bool, last: bool, as_json: bool) -> None:
    """Give a waiting job another place. It takes on the priority that belongs there."""
    from engine.queue import move as move_job

    if first + last + (before is not None) != 1:
        raise click.UsageError("say where to: one of --first, --last and --before OTHER")
    to: Place = "first" if first else "last" if last else "before"
    with opened() as lab:
        move_job(lab, job, to, before)
        _tell_place(lab, job, as_json=as_json)


# What looks like an option is a negative number here.
@queue.command(context_settings={"ignore_unknown_options": True})
@job_argument
@click.argument("number", metavar="N", type=_PRIORITY, help="The priority: higher ones come first.")
@db_option
@json_option
def priority(job: str, number: int, *, as_json: bool) -> None:
    """Give a waiting job another priority. Among equals the order stays as it was."""
    from engine.queue import set_priority

    with opened() as lab:
        set_priority(lab, job, number)
        _tell_place(lab, job, as_json=as_json)


def _tell_place(lab: Lab, job: str, *, as_json: bool) -> None:
    from store.queries.jobs import job_detail
    from store.queries.queue import entry, place
    from tui.cli.output import print_json, say

    reader = lab.database.reader
    detail = job_detail(reader, job)
    found, row = place(reader, detail.id), entry(reader, detail.id)
    if as_json:
        print_json(
            {
                "job": detail.id,
                "place": found and found[0],
                "of": found and found[1],
                "priority": row and row.priority,
            }
        )
    elif found is None or row is None:
        say(f"{detail.name}  {detail.id}  {detail.status}")
    else:
        where = f"place {found[0]} of {found[1]}, priority {row.priority}"
        say(f"{detail.name}  {detail.id}  {where}")
