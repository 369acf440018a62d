"""`ftlab poll` and `ftlab daemon`: the poller in the foreground."""

from __future__ import annotations

import os

import click

from engine.recovery import AT_MOST
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option
from tui.wording import number_of


@click.command()
@click.option("--once", is_flag=True, help="Look once and leave.")
@db_option
@json_option
def poll(*, once: bool, as_json: bool) -> None:
    """Bring the news of all active jobs into the log, once. Starts what is due of the queue too."""
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
@click.option(
    "--slots",
    type=click.IntRange(min=1),
    metavar="N",
    help="Jobs of this machine that run at a time; others wait [default: the settings'].",
)
@click.option(
    "--resume-interrupted",
    "resumptions",
    type=click.IntRange(min=0),
    is_flag=False,
    flag_value=AT_MOST,
    metavar="[N]",
    help="Let interrupted jobs of this machine go on by themselves, each at most N times after "
    f"somebody last started or resumed it, {AT_MOST} if no N is said; 0 for never [default: "
    "the settings'].",
)
@db_option
def daemon(seconds: float, slots: int | None, resumptions: int | None) -> None:
    """Poll for good, in the foreground. For systemd, tmux or a container; SIGTERM ends it."""
    import signal
    from threading import Event

    from engine.config.settings import Settings
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
        options = "" if slots is None else f" --slots {slots}"
        who = f"{lab.actor} (pid {os.getpid()}, ftlab daemon{options})"
        if resumptions is None:
            resumptions = Settings.read(lab.places).resumptions.value
        polling = Polling(
            lab,
            who,
            always=True,
            seconds=seconds,
            slots=slots,
            resumptions=resumptions,
            on_trouble=tell,
        )
        note(f"polling {lab.places.database} every {seconds:g} s")
        if resumptions:
            often = number_of(resumptions, "time")
            note(f"interrupted jobs of this machine go on by themselves, at most {often} each")
        if (other := polling.daemon()) is not None:
            note(f"{other} polls already: this one does so when that one has ended")
        polling.run(stopped)
