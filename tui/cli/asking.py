"""What commands that ask models many questions share: options, the price, how to go on."""

from __future__ import annotations

import shlex
import sys

import click

provider_option = click.option(
    "--provider", metavar="PROFILE", help="Ask this service for the models, or `local`."
)
max_cost_option = click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="Spend no more than this, all models together [default: the configured budget].",
)
at_once_option = click.option(
    "--at-once",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    metavar="N",
    help="Questions under way at each service at the same time.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask before spending money.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would be asked, and its price; ask nothing."
)


def agree_to_spend(*, yes: bool, limited: bool, as_json: bool) -> None:
    """See that somebody has agreed to the price: at the terminal, by --yes or by --max-cost.

    Args:
        yes: whether they said so.
        limited: whether they said how much at most.
        as_json: whether a program reads what is printed.

    Raises:
        click.UsageError: if nobody can be asked.
        click.Abort: if they would rather not.
    """
    if yes:
        return
    if sys.stdin.isatty() and sys.stderr.isatty() and not as_json:
        click.confirm("Ask them?", abort=True, err=True)
    elif not limited:
        raise click.UsageError("answers cost money: say --yes, or how much at most with --max-cost")


def going_on(kept: str) -> str:
    """Return what to say when such a command is broken off.

    Args:
        kept: what it leaves behind.
    """
    typed = shlex.join(["ftlab", *sys.argv[1:]])
    return (
        f"Broken off: {kept}. The same command goes on with the rest, and no answer is paid for "
        f"twice:\n  {typed}"
    )
