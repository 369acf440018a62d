"""`ftlab verify`, `rebuild` and `backup`: looking after the database."""

from __future__ import annotations

from pathlib import Path

import click
from click.exceptions import Exit

from tui.cli.opening import db_option, opened, opened_database
from tui.cli.options import json_option


@click.command()
@db_option
@json_option
def verify(*, as_json: bool) -> None:
    """Prove that the history is whole.

    Recomputes the hash chain and compares every read model with a fresh fold.
    """
    from store.verify import verify as prove
    from tui.cli.output import plain, print_json, say
    from tui.cli.progress import counted
    from tui.wording import number_of

    with opened_database() as database, counted("Verifying") as progress:
        outcome = prove(database, progress)
    if as_json:
        print_json({"whole": outcome.whole, **plain(outcome)})
    else:
        for finding in outcome.findings:
            say(finding.what)
        state = "whole" if outcome.whole else number_of(len(outcome.findings), "finding")
        say(f"{number_of(outcome.events, 'event')}, {state}; the last hash is {outcome.head}")
    if not outcome.whole:
        raise Exit(1)


@click.command()
@db_option
@json_option
def rebuild(*, as_json: bool) -> None:
    """Drop the read models and fold the log anew. The rows come out the same."""
    from tui.cli.output import print_json, say
    from tui.cli.progress import counted
    from tui.wording import number_of

    with opened() as lab, counted("Folding") as progress:
        count = lab.log.rebuild(progress)
    if as_json:
        print_json({"events": count})
    else:
        say(f"{number_of(count, 'event')} folded.")


@click.command()
@click.argument(
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The copy to make; it must not exist.",
)
@db_option
@json_option
def backup(file: Path, *, as_json: bool) -> None:
    """Copy the database to a file, while others go on writing."""
    from tui.cli.output import print_json, say
    from tui.cli.progress import counted

    with opened() as lab, counted("Copying") as progress:
        lab.database.backup(file, progress)
    if as_json:
        print_json({"file": str(file.absolute()), "bytes": file.stat().st_size})
    else:
        say(str(file))
