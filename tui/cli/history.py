"""`ftlab history`: the audit."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from tui.cli.opening import db_option, opened, reading
from tui.cli.options import Moment, at_option, json_option

if TYPE_CHECKING:
    from store.queries.history import Filter
    from store.recorded import Recorded

_EXAMPLES = """\b
Examples:
  ftlab history job/job_1s8w0qk7fmd
  ftlab history --type JobInterrupted --since 7d --json
  ftlab history --follow
"""


@click.command(epilog=_EXAMPLES)
@click.argument(
    "stream",
    required=False,
    metavar="[STREAM]",
    help="A stream or the beginning of one: job/, dataset/gsm8k.",
)
@click.option("--type", "type_", metavar="TYPE", help="Only this event type.")
@click.option(
    "--since",
    type=Moment(),
    help="Recorded at or after: 2026-11-20T18:30, or 2d (ago).",
)
@click.option("--until", type=Moment(), help="Recorded before.")
@click.option("--actor", help="A part of who recorded it.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="Only the newest so many; 0 for all.",
)
@click.option("--follow", is_flag=True, help="Go on as new events come.")
@at_option
@db_option
@json_option
def history(
    stream: str | None,
    type_: str | None,
    since: str | None,
    until: str | None,
    actor: str | None,
    limit: int,
    at: str | None,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Print what was recorded, oldest first: when, by whom, what."""
    from store.queries.history import Filter
    from store.queries.history import history as read

    wanted = Filter(stream, type_, since, until, actor)
    if follow and at is not None:
        raise click.UsageError("--follow goes on from now, --at asks for the past: choose one")
    if follow:
        _follow(wanted, limit, as_json=as_json)
        return
    with reading(at) as connection:
        found = read(connection, wanted, limit=limit or -1, newest=limit > 0)
    _print(found, as_json=as_json)


def _follow(wanted: Filter, limit: int, *, as_json: bool) -> None:
    from store.queries.history import history as read
    from store.queries.history import tail

    with opened() as lab:
        seen, most = 0, limit
        for head in tail(lab.database, -1):
            found = read(lab.database.reader, wanted, after=seen, limit=most or -1, newest=most > 0)
            _print(found, as_json=as_json)
            sys.stdout.flush()
            seen, most = max([head, *(event.seq for event in found)]), 0


def _print(found: Iterable[Recorded], *, as_json: bool) -> None:
    from tui.cli.output import print_json_line, say

    for event in found:
        if as_json:
            print_json_line(event.as_json())
        else:
            say(line(event))


def line(event: Recorded) -> str:
    """Put an event on one line."""
    from tui import wording
    from tui.event_lines import summary

    when = wording.local_time(event.occurred)
    return f"{event.seq:>6}  {when}  {event.stream}  {event.type}  {summary(event)}".rstrip()
