"""`ftlab sweep`: one recipe with other settings, or with more and more data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from tui.cli.names import names_of
from tui.cli.opening import db_option, opened, reading
from tui.cli.options import at_option, json_option
from tui.cli.plotting import picture_option
from tui.cli.sweep_group import SweepGroup
from tui.cli.sweep_options import sweep_options, take_options_of_training, wish_of

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.sweeping.plan import SweepPlan
    from engine.sweeping.standing import Standing
    from store.queries.sweeps import SweepRow

_EXAMPLES = """\b
Examples:
  ftlab sweep gsm8k/train --model smollm2-135m-instruct \\
      --grid learning-rate=1e-4,5e-4 --grid batch-size=2,4 --epochs 1
  ftlab sweep support --model ./my-model --random 12 \\
      --range learning-rate=1e-5..1e-3:log --grid lora-rank=8,16,32 --max-steps 200
  ftlab sweep support --provider openai --model gpt-4o-mini-2024-07-18 \\
      --grid epochs=1,2,3 --max-cost 20
  ftlab sweep gsm8k/train --model smollm2-135m-instruct --epochs 2 \\
      --learning-curve 10,25,50,100%
  ftlab sweep resume gsm8k-train-sweep-1
"""

sweep_argument = click.argument(
    "sweep",
    metavar="SWEEP",
    shell_complete=names_of("sweep"),
    help="A sweep's name, id, or a unique beginning of either.",
)


@click.group(cls=SweepGroup, epilog=_EXAMPLES)
def sweep() -> None:
    """Train a recipe with other settings, or more data, and rank it.

    `ftlab sweep DS …` is short for `ftlab sweep run DS …`.
    """


@sweep.command(epilog=_EXAMPLES)
@sweep_options
@click.option(
    "--priority",
    type=click.IntRange(-1_000_000, 1_000_000),
    default=0,
    metavar="N",
    help="Of its jobs in the queue of this machine [default: 0].",
)
@click.option("--detach", is_flag=True, help="Put all trials in their places; watch none.")
@click.option("--yes", is_flag=True, help="Do not ask before spending money.")
@click.option("--dry-run", is_flag=True, help="Show the trials; record and start nothing.")
@db_option
@json_option
@click.pass_context
def run(
    context: click.Context,
    /,
    *,
    priority: int,
    detach: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    **_asked: object,
) -> None:
    """Plan all trials, show them with what they cost, then train and rank them.

    All options of `ftlab train` that say how to train hold for every trial; --max-cost for all of
    them together. The same command again goes on with a sweep that was broken off.
    """
    from engine.sweeping.planning import plan
    from engine.sweeping.starting import start
    from tui.cli.output import note, print_json
    from tui.cli.progress import staged
    from tui.cli.sweep_output import plan_as_json, print_plan

    wish = wish_of(context.params)
    with opened() as lab:
        planned = plan(lab, wish)
        if dry_run and as_json:
            print_json(plan_as_json(planned))
            return
        if not as_json:
            print_plan(planned)
        if dry_run:
            return
        if planned.going_on is None:
            _ask_before_spending(planned, yes=yes, as_json=as_json)
        else:
            note(f"{planned.name} was planned before and goes on")
        with staged() as progress:
            found = start(lab, planned, progress, priority=priority)
        _go_on(lab, found, detach=detach, as_json=as_json)


take_options_of_training(run)


def _ask_before_spending(plan: SweepPlan, *, yes: bool, as_json: bool) -> None:
    """See that somebody has agreed to the price: at the terminal, by --yes or by --max-cost.

    Raises:
        click.UsageError: if nobody can be asked.
        click.Abort: if they would rather not.
    """
    if not plan.hosted or yes:
        return
    if sys.stdin.isatty() and sys.stderr.isatty() and not as_json:
        click.confirm("Train them?", abort=True, err=True)
    elif plan.wish.request.max_cost is None:
        raise click.UsageError("trials cost money: say --yes, or how much at most with --max-cost")


def _go_on(lab: Lab, sweep: str, *, detach: bool, as_json: bool) -> None:
    """Leave a sweep to whoever looks after jobs, or watch it and say what came of it."""
    from tui.cli.sweep_following import follow_sweep

    if detach:
        _leave(lab, sweep, as_json=as_json)
        return
    found = follow_sweep(lab, sweep)
    _tell(found, as_json=as_json)
    if found.sweep.interrupted:
        from tui.cli.output import note

        note(f"Trials were interrupted: `ftlab sweep resume {found.sweep.name}` goes on with them.")
    if found.sweep.interrupted or not found.sweep.succeeded:
        raise Exit(1)


def _leave(lab: Lab, sweep: str, *, as_json: bool) -> None:
    from store.queries import sweeps
    from tui.cli.attendance import polled_by
    from tui.cli.output import note, print_json, say

    row = sweeps.sweep(lab.database.reader, sweep)
    if as_json:
        print_json(_as_json(row))
    else:
        say(f"{row.name}  {row.id}")
    if polled_by(lab.database.reader) is None:
        note(
            "Nothing starts what waits yet: that takes `ftlab daemon`, the dashboard open "
            f"(`ftlab`), or `ftlab sweep resume {row.name}`."
        )


def _as_json(row: SweepRow) -> dict[str, object]:
    return {"sweep": row.id, "name": row.name, "trials": row.trials, "status": row.status}


def _tell(found: Standing, *, as_json: bool) -> None:
    from tui.cli.output import print_json
    from tui.cli.sweep_output import print_standing, standing_as_json

    if as_json:
        print_json(standing_as_json(found))
    else:
        print_standing(found)


@sweep.command()
@sweep_argument
@click.option("--detach", is_flag=True, help="Put all trials in their places; watch none.")
@db_option
@json_option
def resume(sweep: str, *, detach: bool, as_json: bool) -> None:
    """Go on with a sweep: start what waits, continue what was interrupted, watch it to its end."""
    from engine.sweeping.starting import resume as resume_sweep
    from store.queries import sweeps

    with opened() as lab:
        found = sweeps.sweep(lab.database.reader, sweep).id
        resume_sweep(lab, found)
        row = sweeps.sweep(lab.database.reader, found)
        if detach and not row.is_open:
            _tell_end(row, as_json=as_json)
        else:
            _go_on(lab, found, detach=detach, as_json=as_json)


def _tell_end(row: SweepRow, *, as_json: bool) -> None:
    """Say of a sweep that there is nothing to go on with."""
    from tui.cli.output import note, print_json, say
    from tui.wording import number_of

    if as_json:
        print_json(_as_json(row))
        return
    say(f"{row.name}  {row.id}")
    note(
        f"It is finished: {number_of(row.trials, 'trial')} ended, {row.succeeded} of them with a "
        f"model. `ftlab sweep show {row.name}` ranks them."
    )


@sweep.command()
@sweep_argument
@db_option
@json_option
def cancel(sweep: str, *, as_json: bool) -> None:
    """Cancel all trials of a sweep that have not ended. Their checkpoints stay."""
    from engine.sweeping.starting import cancel as cancel_sweep
    from store.queries import sweeps
    from tui.cli.output import print_json, say
    from tui.wording import number_of

    with opened() as lab:
        row = sweeps.sweep(lab.database.reader, sweep)
        asked = cancel_sweep(lab, row.id)
    if as_json:
        print_json({"sweep": row.id, "cancelled": asked})
    else:
        say(f"{row.name}  {number_of(len(asked), 'trial')} cancelled, or asked to stop")


@sweep.command("list")
@at_option
@db_option
@json_option
def list_(at: str | None, *, as_json: bool) -> None:
    """List all sweeps, newest first."""
    from store.queries.sweeps import sweep_list
    from tui.cli.output import note, print_json
    from tui.cli.sweep_output import print_sweeps

    with reading(at) as connection:
        rows = sweep_list(connection)
    if as_json:
        print_json(rows)
    elif rows:
        print_sweeps(rows)
    else:
        note("No sweeps yet. `ftlab sweep DS --model BASE --grid learning-rate=1e-4,5e-4` is one.")


@sweep.command()
@sweep_argument
@click.option(
    "--by", metavar="METRIC", help="Rank by a metric's last value, or best:METRIC, this once."
)
@at_option
@db_option
@json_option
def show(sweep: str, by: str | None, at: str | None, *, as_json: bool) -> None:
    """Show the trials of a sweep, the best first, and what mattered."""
    from engine.sweeping.measuring import check_measure
    from engine.sweeping.standing import standing
    from store.queries import sweeps

    check_measure(by)
    with reading(at) as connection:
        _tell(standing(connection, sweeps.sweep(connection, sweep), by), as_json=as_json)


@sweep.command()
@sweep_argument
@picture_option
@click.option("--replace", is_flag=True, help="A file of this name that is there already may go.")
@click.option("--by", metavar="METRIC", help="Draw a metric's last value, or best:METRIC, instead.")
@at_option
@db_option
@json_option
def plot(
    sweep: str, output: Path, by: str | None, at: str | None, *, replace: bool, as_json: bool
) -> None:
    """Draw what mattered into a picture: each setting against the metric, or a learning curve."""
    from engine.sweeping.measuring import check_measure
    from engine.sweeping.pictures import draw_sweep
    from engine.sweeping.standing import standing
    from store.queries import sweeps
    from tui.cli.output import print_json, say

    check_measure(by)
    with reading(at) as connection:
        found = standing(connection, sweeps.sweep(connection, sweep), by)
    draw_sweep(found, output, replace=replace)
    if as_json:
        print_json({"file": str(output), "sweep": found.sweep.id, "by": found.measure.name})
    else:
        say(str(output))
