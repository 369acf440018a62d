"""`ftlab import openai`: the rescue of a hosted service's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.rescue.harvest import Harvest

_TROUBLES_NAMED = 10

_EXAMPLES = """\b
Examples:
  ftlab import openai
  ftlab import openai --profile azure-eu
  ftlab import openai --no-files --json

\b
It can be broken off and run again, daily if you like: only what is new is asked for.
"""


@click.command("openai", epilog=_EXAMPLES)
@click.option("--profile", default="openai", show_default=True, help="The service to ask.")
@click.option(
    "--files/--no-files", default=True, help="Keep training and validation files too [default]."
)
@db_option
@json_option
def openai_history(profile: str, *, files: bool, as_json: bool) -> None:
    """Rescue all past jobs of a hosted service. Events, files, results, checkpoints, models."""
    from click.exceptions import Exit

    from engine.rescue.history import rescue
    from tui.cli.output import print_json
    from tui.cli.progress import told

    with opened(begins=True) as lab:
        provider = lab.hosted(profile)
        with told(f"Rescuing {profile}") as tell:
            found = rescue(
                lab,
                provider,
                files=files,
                progress=tell and (lambda done, total, now: tell(done, total, _said(now))),
            )
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)
    if found.troubles:
        raise Exit(1)


def _said(found: Harvest) -> str:
    return f"{found.events:,} events, {found.files_kept:,} files"


def _print(found: Harvest) -> None:
    from rich.filesize import decimal

    from tui.cli.output import note, print_fields, print_table, say

    print_fields(
        [
            ("jobs", f"{found.jobs:,}, {found.new_jobs:,} of them new"),
            ("events", f"{found.events:,} recorded"),
            ("files kept", f"{found.files_kept:,}, {decimal(found.bytes)}"),
            ("files gone", f"{found.files_gone:,}"),
            ("models", f"{found.models:,}"),
        ]
    )
    if found.retiring:
        say()
        rows = [[day, str(count)] for day, count in sorted(found.retiring.items())]
        print_table(["retires on", ">models"], rows)
    for thing, trouble in list(found.troubles.items())[:_TROUBLES_NAMED]:
        note(f"{thing} not yet whole: {trouble}")
    if len(found.troubles) > _TROUBLES_NAMED:
        note(f"… and {len(found.troubles) - _TROUBLES_NAMED} more")
    if found.troubles:
        note("Run it again to take in what is missing.")
    elif found.models:
        say()
        say("`ftlab models retire-check` tells what dies when, and how to rebuild it here.")
