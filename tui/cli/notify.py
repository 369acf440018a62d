"""`ftlab notify`: who is told outside when a job ends, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from tui.cli.groups import refuse_lost_options
from tui.cli.opening import chosen_database, db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.config.settings import Settings
    from store.queries.notifications import Notification

_SHOWN = 20
_HOW = "`ftlab config set notify.command …`, or `notify.url …`, settles who is told"
_EXAMPLES = """\b
ftlab config set notify.command 'notify-send ftlab'
ftlab config set notify.url - < secret-address
ftlab config set notify.on failed,interrupted
ftlab notify test
"""


@click.group(invoke_without_command=True, epilog=_EXAMPLES)
@db_option
@json_option
@click.pass_context
def notify(context: click.Context, *, as_json: bool) -> None:
    """Who is told outside when a job ends.

    Without a command: what is settled, and what came of the newest. Each end is told once, by
    whichever dashboard or daemon polls.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from engine.config.settings import Settings
    from store.queries.notifications import notifications
    from tui.cli.output import print_json

    with opened() as lab:
        settings = Settings.read(lab.places)
        told = notifications(lab.database.reader, limit=_SHOWN)
        usual = lab.places.is_usual_database
    if as_json:
        print_json({**_settled(settings), "usual_database": usual, "notifications": told})
    else:
        _print(settings, told, usual=usual)


def _settled(settings: Settings) -> dict[str, object]:
    address = settings.notify_url.value
    return {
        "command": settings.notify_command.value,
        "host": None if address is None else address.host,
        "on": settings.notify_on.value,
    }


def _print(settings: Settings, told: list[Notification], *, usual: bool) -> None:
    import shlex

    from tui.cli.output import note, print_fields, print_table, say
    from tui.wording import local_time

    command, address = settings.notify_command.value, settings.notify_url.value
    if command is None and address is None:
        say(f"Nobody is told: {_HOW}.")
    else:
        fields = [
            ("command", None if command is None else shlex.join(command)),
            ("url", None if address is None else f"at {address.host}"),
            ("told of", ", ".join(settings.notify_on.value)),
        ]
        print_fields(fields)
    if not usual:
        note("note: this is not the usual database: nobody is told of what is in it")
    if not told:
        return
    say()
    print_table(
        ["when", "~job", "ended", "~to", "told", "~outcome"],
        (
            [local_time(one.at), one.name, one.status, one.to, one.state, _outcome(one)]
            for one in told
        ),
    )


def _outcome(told: Notification) -> str:
    if told.outcome is None:
        return "under way, or cut off: not told again"
    said = told.said.rpartition("\n")[2]
    return f"{told.outcome}: {said}" if said else told.outcome


@notify.command()
@db_option
@json_option
@click.pass_context
def test(context: click.Context, *, as_json: bool) -> None:
    """Tell those who are settled that telling works, and say what came of it.

    Nothing is recorded. It ends with 1 if one of them was not told.
    """
    from engine.config.settings import Settings
    from engine.errors import RequestError
    from engine.notifying import message, ways
    from engine.places import Places
    from tui.cli.output import print_json, say

    settings = Settings.read(Places.find(database=chosen_database(context)))
    settled = ways.settled(settings)
    if not settled:
        raise RequestError(f"nobody is settled to be told: {_HOW}")
    told = [(way, way.tell(message.of_test())) for way in settled]
    if as_json:
        rows = [
            {"way": way.name, "to": way.to, "ok": came.ok, "outcome": came.what, "said": came.said}
            for way, came in told
        ]
        print_json({"ok": all(came.ok for _, came in told), "told": rows})
    else:
        for way, came in told:
            say(f"{'told' if came.ok else 'not told'}  {way.to}: {came.what}")
            for line in came.said.splitlines():
                say(f"  {line}")
    if not all(came.ok for _, came in told):
        raise Exit(1)
