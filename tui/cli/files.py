"""`ftlab files`: what hosted services have, and deleting it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui.cli.deleting import yes_option
from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.names import names_of
from tui.cli.opening import chosen_database, db_option, opened, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from engine.deleting.files import FilePlan
    from engine.deleting.inventory import KnownFile
    from engine.lab import Lab

_WANTED = "the number of files"
_STATES = ("uploaded", "kept", "gone", "deleting", "deleted", "all")

_DELETE_EXAMPLES = """\b
Examples:
  ftlab files delete --of support-1 --dry-run
  ftlab files delete file-abc file-def --provider openai
  ftlab files delete --of support-1 --yes --confirm 3

\b
Only what is kept here too is deleted: `ftlab import openai` takes in what is not.
"""

_provider_option = click.option("--provider", help="Only files at this provider.")
_state_option = click.option(
    "--state",
    type=click.Choice(_STATES),
    metavar="STATE",
    help="Only uploaded, kept, gone, deleting or deleted ones, or all [default: not yet gone].",
)


def _complete(context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    """Complete the names of files that are still there; it never fails aloud."""
    from contextlib import closing

    from engine.places import Places
    from store.database import Database, told
    from store.errors import StoreError
    from store.queries.hosted import remote_files, result_files
    from store.queries.jobs import job_list

    provider = context.params.get("provider")
    database = Places.find(database=chosen_database(context)).database
    try:
        with closing(Database(database, create=False)) as opened_one, told(database):
            reader = opened_one.reader
            rows = remote_files(reader, provider)
            jobs = job_list(reader, provider=provider)
            results = [row.file for job in jobs for row in result_files(reader, job.id)]
    except StoreError:
        return []
    gone = {row.file for row in rows if row.state in ("gone", "deleted")}
    there = sorted({*(row.file for row in rows), *results} - gone)
    return [file for file in there if file.startswith(start) and file.isprintable()]


@click.group(cls=CommandGroup, invoke_without_command=True)
@_provider_option
@_state_option
@at_option
@db_option
@json_option
@click.pass_context
def files(
    context: click.Context,
    provider: str | None,
    state: str | None,
    at: str | None,
    *,
    as_json: bool,
) -> None:
    """Files at hosted services: list them, delete them there.

    Without a command: list them, newest first.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    _list(provider, state, at, as_json=as_json)


@files.command("list")
@_provider_option
@_state_option
@at_option
@db_option
@json_option
def list_files(provider: str | None, state: str | None, at: str | None, *, as_json: bool) -> None:
    """List the files that providers have, newest first."""
    _list(provider, state, at, as_json=as_json)


def _list(provider: str | None, state: str | None, at: str | None, *, as_json: bool) -> None:
    from engine.deleting.inventory import known_files
    from tui.cli.output import note, print_json

    with opened() as lab, standing(lab, at) as connection:
        known = known_files(lab, connection, provider)
    found = [file for file in known if _is_wanted(file, state)]
    if as_json:
        print_json(found)
    elif found:
        _print_files(found)
    else:
        note("No files. Hosted jobs send some, `ftlab import openai` takes in those of past jobs.")


def _is_wanted(file: KnownFile, state: str | None) -> bool:
    return file.is_there if state is None else state in ("all", file.state)


def _print_files(found: list[KnownFile]) -> None:
    from tui.cli.output import print_table

    print_table(
        ["file", "~name", "provider", "purpose", ">size", "state", "kept here", "~used by"],
        (
            [
                file.file,
                file.filename or "-",
                file.provider,
                file.purpose or "-",
                _size(file.bytes),
                file.state,
                kept(file.kept, file.dataset),
                ", ".join(file.jobs) or "-",
            ]
            for file in found
        ),
    )


def _size(count: int | None) -> str:
    from tui.wording import size

    return "-" if count is None else size(count)


def kept(how: str | None, dataset: str | None) -> str:
    """Say how a file is kept here: `yes`, `as sums@1`, `no`."""
    if how == "dataset":
        return f"as {dataset}"
    return "no" if how is None else "yes"


@files.command(epilog=_DELETE_EXAMPLES)
@click.argument(
    "names",
    metavar="[FILE]…",
    nargs=-1,
    shell_complete=_complete,
    help="Files by the names that the provider has for them.",
)
@click.option("--provider", help="Where they are [default: the provider that is known to].")
@click.option(
    "--of",
    "job",
    metavar="JOB",
    shell_complete=names_of("job"),
    help="All files of this job: training, validation, results.",
)
@click.option(
    "--even-if-not-kept", is_flag=True, help="Delete also what is not kept here: it is lost then."
)
@yes_option
@click.option("--confirm", metavar="N", help="Answer the second one: the number of files.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted; delete nothing.")
@db_option
@json_option
def delete(
    names: tuple[str, ...],
    provider: str | None,
    job: str | None,
    confirm: str | None,
    *,
    even_if_not_kept: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Delete files at a provider. It asks twice, and keeps what is not kept here."""
    from engine.deleting.files import delete_files, plan_files
    from tui.cli.deleting import ask_twice, print_deleted, require_answers, show_refusal
    from tui.cli.output import note
    from tui.cli.progress import counted

    if bool(names) == (job is not None):
        raise click.UsageError("name the files, or a job with --of")
    if not dry_run:
        require_answers(_WANTED, confirm, yes=yes, as_json=as_json)
    with opened() as lab:
        plan = plan_files(lab, *_chosen(lab, names, provider, job))
        if not as_json:
            _print_plan(plan)
        if dry_run:
            shown = _as_json(plan)
            show_refusal(plan, shown, as_json=as_json, even_if_not_kept=even_if_not_kept)
            return
        plan.check(even_if_not_kept=even_if_not_kept)
        if plan.files:
            ask_twice(_question(plan), str(len(plan.files)), _WANTED, confirm, yes=yes)
        elif not as_json:
            note("There is nothing to delete.")
        with counted("Deleting") as progress:
            done = delete_files(lab, plan, even_if_not_kept=even_if_not_kept, progress=progress)
    print_deleted(done, as_json=as_json)


def _chosen(
    lab: Lab, names: tuple[str, ...], provider: str | None, job: str | None
) -> tuple[str, list[str]]:
    """Return which files are meant, and where they are."""
    from engine.deleting.inventory import files_of_job, provider_of

    if job is None:
        return provider or provider_of(lab, names), list(names)
    at, found = files_of_job(lab, job)
    if provider not in (None, at):
        raise click.UsageError(f"{job} is a job of {at}, not of {provider}")
    return at, found


def _question(plan: FilePlan) -> str:
    from tui.wording import number_of, size

    count = number_of(len(plan.files), "file")
    return f"Delete {count} ({size(plan.bytes)}) at {plan.provider}, for good?"


def _print_plan(plan: FilePlan) -> None:
    from tui.cli.output import note, print_table

    if plan.files:
        print_table(
            ["file", "~name", "purpose", ">size", "kept here", "~used by", "needed by"],
            (
                [
                    file.file,
                    file.filename or "-",
                    file.purpose or "-",
                    _size(file.bytes),
                    kept(file.kept, file.dataset),
                    ", ".join(file.jobs) or "-",
                    ", ".join(file.needed_by) or "-",
                ]
                for file in plan.files
            ),
        )
    for file in plan.files:
        if file.unfinished:
            note(f"{file.file}: its deletion was asked for before, and broken off")
    for name in plan.gone:
        note(f"{name} is gone already")


def _as_json(plan: FilePlan) -> dict[str, Any]:
    from tui.cli.output import plain

    return {
        "provider": plan.provider,
        "files": [plain(file) for file in plan.files],
        "gone": plan.gone,
    }
