"""`ftlab jobs`: list, show, metrics, follow, logs; the rest is in `job_control`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import click

from store.job_status import STATUSES
from store.queries.job_index import SORTS, Sort
from store.queries.job_search import search
from store.queries.searching import SearchError
from tui.cli.attendance import unattended
from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.names import job_argument
from tui.cli.opening import db_option, opened, reading
from tui.cli.options import at_option, json_option
from tui.cli.queue import place_in_queue, where_it_waits

if TYPE_CHECKING:
    from store.queries.jobs import JobDetail
    from store.queries.resumptions import Decision


class _Jobs(CommandGroup):
    """The commands about jobs, those first that look."""

    places: ClassVar[Mapping[str, str]] = {
        "show": "tui.cli.jobs:show",
        "metrics": "tui.cli.jobs:metrics",
        "plot": "tui.cli.plotting:plot",
        "follow": "tui.cli.jobs:follow",
        "logs": "tui.cli.jobs:logs",
        "cancel": "tui.cli.job_control:cancel",
        "pause": "tui.cli.job_control:pause",
        "resume": "tui.cli.job_control:resume",
        "retry": "tui.cli.job_control:retry",
    }


@click.group(cls=_Jobs, invoke_without_command=True)
@click.option(
    "--status", type=click.Choice(STATUSES), metavar="STATUS", help="Only jobs of this status."
)
@click.option("--provider", help="Only jobs of this provider.")
@click.option(
    "--where",
    metavar="SEARCH",
    default="",
    help="Only jobs of which this holds: 'status:running loss<1.2 age<2d gsm8k'.",
)
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    metavar="FIELD",
    default="planned",
    show_default=True,
    help=f"By one of {', '.join(SORTS)}.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help="At most this many; 0 for all.",
)
@at_option
@db_option
@json_option
@click.pass_context
def jobs(
    context: click.Context,
    status: str | None,
    provider: str | None,
    where: str,
    sort: Sort,
    limit: int,
    at: str | None,
    *,
    reverse: bool,
    as_json: bool,
) -> None:
    """Jobs: list them, look into one, cancel, resume, retry.

    Without a command: list jobs, newest first. --where takes terms that all hold: field:part,
    field=whole, field<number (<=, >, >=, !=), field:none, a word of the name, model or dataset,
    -term for its contrary. Times are ages (age<2d) or dates (ended>2026-11-01).
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from store.queries.job_index import Order, job_index
    from store.queries.jobs import jobs_by_id
    from tui.cli.output import note, print_json

    try:
        wanted = search(where, status=status, provider=provider)
    except SearchError as error:
        raise click.BadParameter(str(error), param_hint="--where") from None
    with reading(at) as connection:
        index = job_index(connection, wanted, Order(sort, backwards=reverse), limit or -1)
        rows = {row.id: row for row in jobs_by_id(connection, index.ids)}
        found = [rows[job] for job in index.ids if job in rows]
        hint = None if at else unattended(connection, found)
    if as_json:
        print_json(found)
    elif found:
        from tui.cli.job_tables import print_jobs

        print_jobs(found)
        if hint is not None:
            note(hint)
    elif where or status or provider:
        note("No job fits. `ftlab jobs` lists all.")
    elif at is not None:
        note("There were no jobs then.")
    else:
        note("No jobs. `ftlab demo` makes the first, `ftlab train --help` the next.")


@click.command()
@job_argument
@at_option
@db_option
@json_option
def show(job: str, at: str | None, *, as_json: bool) -> None:
    """Show everything about a job. Its state and why, its plan, checkpoints and metrics."""
    from engine.stages import earlier
    from store.queries.jobs import checkpoints, job_detail
    from store.queries.metrics import series_list
    from store.queries.resumptions import decision
    from store.queries.sweeps import sweep_of
    from tui.cli.job_tables import print_detail, print_summaries
    from tui.cli.output import note, plain, print_fields, print_json, say, say_lines

    with reading(at) as connection:
        detail = job_detail(connection, job)
        saved = checkpoints(connection, detail.id)
        metrics = series_list(connection, detail.id)
        stages = earlier(connection, detail.id)
        resumed = decision(connection, detail.id)
        waits = where_it_waits(connection, detail.id, now=at is None)
        queued = place_in_queue(connection, detail.id)
        trial = sweep_of(connection, detail.id)
        hint = None if at or waits else unattended(connection, [detail])
    if as_json:
        found = {**plain(detail), "checkpoints": saved, "metrics": metrics, "stages": stages}
        if resumed.automatic:
            found["resumed_by_itself"] = plain(resumed)
        if queued is not None:
            found["queue"] = queued
        if trial is not None:
            found["sweep"] = {"id": trial[0].id, "name": trial[0].name, "trial": trial[1]}
        print_json(found)
        return
    print_detail(detail, [row.step for row in saved], stages, waits)
    _print_error(detail)
    _print_resumption(detail, resumed)
    if trial is not None:
        print_fields([("sweep", f"{trial[0].name}, trial {trial[1]}")])
    if metrics:
        say()
        print_summaries(metrics)
    if detail.details:
        say()
        say_lines(detail.details)
    if hint is not None:
        note(hint)


def _print_resumption(detail: JobDetail, last: Decision) -> None:
    """Print how often a job went on by itself, and what to do when it does so no more."""
    from store.job_status import RESUMABLE
    from tui.cli.output import print_fields
    from tui.sentences import by_itself

    if not last.automatic:
        return
    left = detail.status in RESUMABLE and last.automatic >= (last.at_most or 0)
    hint = f"; `ftlab jobs resume {detail.name}` goes on with it" if left else ""
    told = {"automatic": last.automatic, "at_most": last.at_most, "reason": last.reason}
    print_fields([("resumed by itself", by_itself(told) + hint)])


def _print_error(detail: JobDetail) -> None:
    """Print what a service's error has beside the words that are the reason."""
    import json

    from tui.cli.output import print_fields

    report = json.loads(detail.report_json or "{}")
    error = report.get("error") if isinstance(report, dict) else None
    if isinstance(error, dict):
        said = [(f"error {name}", error.get(name)) for name in ("code", "param")]
        print_fields((name, str(value) if value else None) for name, value in said)


@click.command()
@job_argument
@click.option("--name", help="One metric, such as loss; all of them if left out.")
@click.option(
    "--points",
    type=click.IntRange(min=3),
    metavar="N",
    help="Reduce to about this many points, keeping every spike.",
)
@at_option
@db_option
@json_option
def metrics(
    job: str, name: str | None, points: int | None, at: str | None, *, as_json: bool
) -> None:
    """Print the series of a job's metrics. Without --name or --json: their summary."""
    from store.errors import NotFoundError
    from store.queries.jobs import find_job
    from store.queries.metrics import series, series_list
    from tui.cli.job_tables import print_summaries
    from tui.cli.output import note, print_json, print_points

    with reading(at) as connection:
        found = find_job(connection, job)
        summaries = series_list(connection, found)
        names = [summary.name for summary in summaries if name in (None, summary.name)]
        if name is not None and not names:
            known = ", ".join(summary.name for summary in summaries) or "none yet"
            raise NotFoundError(f"{job} has no metric '{name}'; it has {known}")
        wanted = names if as_json or name is not None else []
        columns = [series(connection, found, metric, points=points) for metric in wanted]
    if as_json:
        print_json({each.name: {"steps": each.steps, "values": each.values} for each in columns})
    elif name is not None:
        print_points(columns[0].steps, columns[0].values)
    elif summaries:
        print_summaries(summaries)
    else:
        note(f"{job} has no metrics yet.")


@click.command()
@job_argument
@db_option
@json_option
def follow(job: str, *, as_json: bool) -> None:
    """Watch a job until it ends. Ctrl-C stops the watching, not the job."""
    from tui.cli.following import follow_job

    with opened() as lab:
        follow_job(lab, lab.find_job(job), as_json=as_json)


@click.command()
@job_argument
@click.option(
    "--lines",
    "-n",
    "count",
    type=click.IntRange(min=1),
    metavar="N",
    default=50,
    show_default=True,
    help="How many.",
)
@db_option
@json_option
def logs(job: str, count: int, *, as_json: bool) -> None:
    """Print the end of what a local job's process wrote."""
    from store.queries.jobs import find_job
    from tui.cli.output import print_json, say

    with opened() as lab:
        lines = lab.log_tail(find_job(lab.database.reader, job), count)
    if as_json:
        print_json(lines)
        return
    for line in lines:
        say(line)
