"""`ftlab compare --report`: the comparison as a page or as Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import sqlite3

    from engine.reporting.report import Command
    from tui.cli.compare import Found

report_option = click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it into a file to send to somebody, too: an .html page, or .md.",
)
replace_option = click.option(
    "--replace", is_flag=True, help="A report of this name that is there already may go."
)


def check_report(file: Path | None, *, replace: bool) -> None:
    """Find out whether a report can be written, before anything is computed for it.

    Raises:
        UsageError: if one may be replaced, but none is asked for.
        RequestError: if the ending of its name says nothing, or what writes it is not installed:
            the exit status must not be that of a requirement that does not hold.
    """
    if file is None:
        if replace:
            raise click.UsageError("--replace says what may become of a --report: there is none")
        return
    from engine.data.errors import MissingPackageError
    from engine.errors import RequestError
    from engine.reporting.writing import require_ending

    try:
        require_ending(file)
    except MissingPackageError as error:
        raise RequestError(str(error)) from error


def typed(context: click.Context, file: Path) -> Command:
    """Return what was typed, without what says where things lie on this machine."""
    from engine.reporting.report import Command

    given = context.params
    options = []
    if given["suite"] is not None:
        options += ["--suite", given["suite"]]
    for requirement in given["requirements"]:
        options += ["--require", requirement.text]
    if given["confident"]:
        options.append("--confident")
    return Command(given["compared"], tuple(options), file.name, given["at"])


def write_report(
    connection: sqlite3.Connection, found: Found, command: Command, file: Path, *, replace: bool
) -> None:
    """Write a comparison as a report, and say where it is."""
    from engine.reporting.report import Compared, report
    from engine.reporting.writing import write
    from tui.cli.output import note

    compared = Compared(
        comparison=found.comparison,
        data=found.data,
        scores=found.scores,
        results=found.results,
        answers=found.asked,
        suites=found.suites,
        no_suites=found.no_suites,
        verdicts=found.verdicts,
    )
    write(report(connection, compared, command), file, replace=replace)
    note(f"The report is in {file}")
