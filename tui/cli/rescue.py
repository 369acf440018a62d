"""`ftlab import openai`: the rescue of a hosted service's history."""

from __future__ import annotations

from collections.abc import Mapping
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
    from tui.cli.ending import ended_whole
    from tui.cli.output import print_json
    from tui.cli.progress import told

    with opened(begins=True) as lab:
        provider = lab.hosted(profile)
        with ended_whole(), told(f"Rescuing {profile}") as tell:
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
    return f"{found.events:,} events"


def _print(found: Harvest) -> None:
    from rich.filesize import decimal

    from tui.cli.output import print_fields, print_table, say

    files, new = found.files, found.new_files
    print_fields(
        [
            ("jobs", f"{found.jobs:,}, {found.new_jobs:,} of them new"),
            ("events", f"{found.events:,} recorded"),
            ("files kept", f"{files.kept:,}, {new.kept:,} of them new, {decimal(files.bytes)}"),
            ("files gone", f"{files.gone:,}, {new.gone:,} of them new"),
            ("models", f"{found.models:,}, and {found.models_gone:,} that are gone"),
        ]
    )
    if found.retiring:
        say()
        rows = [[day, f"{count:,}"] for day, count in sorted(found.retiring.items())]
        print_table(["retires on", ">models"], rows)
    _print_troubles(found.troubles)
    if not found.troubles and (found.models or found.models_gone):
        say()
        say("`ftlab models retire-check` tells what dies when, and how to rebuild it here.")


def _print_troubles(troubles: Mapping[str, str]) -> None:
    """Print each trouble once, however many things have it."""
    from tui.cli.output import note

    things: dict[str, list[str]] = {}
    for thing, trouble in troubles.items():
        things.setdefault(trouble, []).append(thing)
    for trouble, named in list(things.items())[:_TROUBLES_NAMED]:
        more = f" and {len(named) - 1:,} more" if len(named) > 1 else ""
        note(f"{named[0]}{more} not yet whole: {trouble}")
    if len(things) > _TROUBLES_NAMED:
        note(f"… and {len(things) - _TROUBLES_NAMED:,} other troubles: --json has all")
    if troubles:
        note("Run it again to take in what is missing.")
