"""`ftlab poll` and `ftlab daemon`: the poller in the foreground."""

from __future__ import annotations

import os

import click

from tui.cli.opening import db_option, opened
from tui.cli.options import json_option


@click.command()
@click.option("--once", is_flag=True, help="Look once and leave.")
@db_option
@json_option
def poll(*, once: bool, as_json: bool) -> None:
    """Bring the news of all active jobs into the log, once."""
    from engine.poller import Polling
    from tui.cli.output import print_json, say

    if not once:
        raise click.UsageError("say --once; `ftlab daemon` polls for good")
    with opened() as lab:
        polling = Polling(lab, f"{lab.actor} (pid {os.getpid()}, ftlab poll)")
        try:
            count, holder = polling.look(), polling.holder()
        finally:
            polling.stop()
    if as_json:
        print_json({"events": count or 0, "polled_by": holder if count is None else None})
    elif count is None:
        say(f"{holder} polls already.")
    else:
        say(f"{count} new event{'' if count == 1 else 's'}.")


@click.command()
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    metavar="X",
    default=1.0,
    show_default=True,
    help="Time between two looks.",
)
@db_option
def daemon(seconds: float) -> None:
    """Poll for good, in the foreground. For systemd, tmux or a container; SIGTERM ends it."""
    import signal
    from threading import Event

    from engine.errors import LabError
    from engine.poller import Polling
    from tui.cli.output import note

    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())

    def tell(trouble: str | None) -> None:
        note(trouble or "polling goes well again")

    with opened(role="daemon") as lab:
        if lab.database.read_only:
            raise LabError(f"{lab.places.database} is read-only: a poller could record nothing")
        who = f"{lab.actor} (pid {os.getpid()}, ftlab daemon)"
        polling = Polling(lab, who, always=True, seconds=seconds, on_trouble=tell)
        note(f"polling {lab.places.database} every {seconds:g} s")
        polling.run(stopped)
