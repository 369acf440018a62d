"""The root command: its groups, and the terminal UI when no command is given."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import click

from tui.cli.groups import CommandGroup
from tui.cli.opening import db_option, opened
from tui.cli.options import EventOrMoment

if TYPE_CHECKING:
    from engine.lab import Lab


class Root(CommandGroup):
    """All commands, none of them imported before it is used or all of them are listed."""

    places: ClassVar[Mapping[str, str]] = {
        "demo": "tui.cli.demo:demo",
        "data": "tui.cli.data:data",
        "train": "tui.cli.training:train",
        "sweep": "tui.cli.sweep:sweep",
        "jobs": "tui.cli.jobs:jobs",
        "queue": "tui.cli.queue:queue",
        "models": "tui.cli.models:models",
        "files": "tui.cli.files:files",
        "compare": "tui.cli.compare:compare",
        "eval": "tui.cli.evaluating:evaluate",
        "evals": "tui.cli.evals:evals",
        "chat": "tui.cli.chat:chat",
        "chats": "tui.cli.chats:chats",
        "suite": "tui.cli.suites:suite",
        "recordings": "tui.cli.recordings:recordings",
        "history": "tui.cli.history:history",
        "poll": "tui.cli.polling:poll",
        "daemon": "tui.cli.polling:daemon",
        "notify": "tui.cli.notify:notify",
        "web": "tui.cli.web:web",
        "verify": "tui.cli.upkeep:verify",
        "rebuild": "tui.cli.upkeep:rebuild",
        "backup": "tui.cli.upkeep:backup",
        "export": "tui.cli.archive:export",
        "import": "tui.cli.archive:import_",
        "doctor": "tui.cli.doctor:doctor",
        "config": "tui.cli.config:config",
        "completion": "tui.cli.completion:completion",
    }


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from engine.lab import VERSION

        click.echo(f"ftlab {VERSION}")
        context.exit()


@click.group(
    cls=Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with `ftlab demo`: it fine-tunes a small language model on this machine.",
)
@db_option
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
@click.option(
    "--at",
    type=EventOrMoment(),
    metavar="SEQ|TIME",
    help="Open the dashboard as of an event or a time: 120, 2026-11-20T18:30, tuesday, 2d (ago).",
)
@click.option(
    "--read-only", is_flag=True, help="Open the dashboard to look: nothing is recorded or started."
)
@click.pass_context
def root(context: click.Context, at: str | None, *, read_only: bool) -> None:
    """Track, run and compare fine-tuning jobs from one terminal.

    Without a command: the full-screen dashboard.
    """
    if context.invoked_subcommand is not None:
        if at is not None or read_only:
            raise click.UsageError("--at and --read-only in this place belong to the dashboard")
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("the dashboard needs a terminal; `ftlab --help` lists the commands")
    # Nothing that is loaded until the first frame is garbage; the app turns it on again.
    gc.disable()
    with opened(role="ui", read_only=read_only) as lab:
        from tui.app import run

        context.exit(run(lab, None if at is None else _event_at(lab, at)))


def _event_at(lab: Lab, when: str) -> int:
    """Return the last event as of which the dashboard is wanted.

    Raises:
        NotFoundError: if nothing was recorded by then.
    """
    from store.errors import NotFoundError
    from store.queries.history import event
    from tui.wording import local_time

    if seq := lab.seq_as_of(when):
        return seq
    if not lab.database.head():
        raise NotFoundError("nothing is recorded yet")
    begins = local_time(event(lab.database.reader, 1).at)
    raise NotFoundError(f"nothing was recorded by then: the log begins {begins}")
