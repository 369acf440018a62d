"""`ftlab doctor`: does everything that ftlab stands on stand?"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from tui.cli.opening import chosen_database, db_option
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.doctor.finding import Finding


@click.command()
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="PROFILE",
    help="Look at this hosted service only; may be given several times.",
)
@db_option
@json_option
@click.pass_context
def doctor(context: click.Context, profiles: tuple[str, ...], *, as_json: bool) -> None:
    """Look whether all that ftlab stands on is well. This machine, the database, hosted services.

    Services are asked for lists only. It works offline, and ends with 1 if anything failed.
    """
    from engine.doctor.checkup import check_up
    from engine.places import Places
    from tui.cli.output import print_json
    from tui.cli.progress import counted

    places = Places.find(database=chosen_database(context))
    with counted("Looking") as progress:
        findings = check_up(places, profiles, progress)
    failed = any(finding.status == "failure" for finding in findings)
    if as_json:
        print_json({"ok": not failed, "findings": findings})
    else:
        _print_findings(findings)
    if failed:
        raise Exit(1)


def _print_findings(findings: list[Finding]) -> None:
    from tui.cli.output import say, say_heading

    width = max(len(finding.name) for finding in findings)
    for subject, of_it in groupby(findings, key=lambda finding: finding.subject):
        say_heading(subject)
        for finding in of_it:
            say(f"  {_mark(finding)}  {finding.name.ljust(width)}  {finding.what}")
            if finding.advice:
                say(f"  {'':7}  {'':{width}}  -> {finding.advice}")
    say(_summary(findings))


def _mark(finding: Finding) -> str:
    return finding.status.ljust(len("failure"))


def _summary(findings: list[Finding]) -> str:
    from tui.wording import number_of

    counts = {
        status: sum(finding.status == status for finding in findings)
        for status in ("failure", "warning")
    }
    if not any(counts.values()):
        return "All is well."
    return ", ".join(number_of(count, status) for status, count in counts.items() if count)
