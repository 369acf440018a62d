"""`ftlab models record`: how models answer, kept for when they can no longer be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from engine.money import dollars
from tui.cli.asking import (
    agree_to_spend,
    at_once_option,
    dry_run_option,
    going_on,
    max_cost_option,
    provider_option,
    yes_option,
)
from tui.cli.names import names_of
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option
from tui.cli.recording_output import (
    outcome_as_json,
    plan_as_json,
    print_outcomes,
    print_plans,
)

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.recording.plan import RecordingPlan, Wish
    from engine.recording.run import Outcome
    from engine.recording.several import Skipped

_EXAMPLES = """\b
Examples:
  ftlab models record support-1 --from-data 100
  ftlab models record ft:gpt-4o-mini-2024-07-18:acme:support:Bx --suite tickets --samples 5
  ftlab models record --all-retiring --from-data 50 --max-cost 20 --yes
  ftlab models record support-1 --dry-run --json

\b
Each prompt is asked once at temperature 0, and --samples times at the temperature that the model is
used with: how often it agrees with itself is the most that any successor can reach. What is there
already is not asked again, so a recording that was broken off goes on where it stopped.
"""


@click.command(epilog=_EXAMPLES)
@click.argument(
    "models",
    metavar="[MODEL]…",
    nargs=-1,
    shell_complete=names_of("model"),
    help="Model versions by name or id, base models, or what a service calls a model.",
)
@click.option(
    "--all-retiring", is_flag=True, help="Every model with a retirement date, most used first."
)
@click.option(
    "--suite", metavar="S", shell_complete=names_of("suite"), help="Ask the prompts of a suite."
)
@click.option(
    "--from-data",
    type=click.IntRange(min=1),
    metavar="N",
    help="Ask N prompts of its own data, held-out ones among them [default: 50, unless --suite].",
)
@click.option(
    "--samples",
    type=int,
    default=3,
    show_default=True,
    metavar="K",
    help="Answers to each prompt beside the one at temperature 0.",
)
@click.option(
    "--temperature", type=float, metavar="T", help="Of the samples [default: as it is used]."
)
@click.option(
    "--max-tokens",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of the longest answer [default: 1024].",
)
@click.option(
    "--top-logprobs",
    type=int,
    default=5,
    show_default=True,
    metavar="N",
    help="Likeliest tokens told at each place.",
)
@click.option("--stop", multiple=True, metavar="TEXT", help="Ends an answer; up to four times.")
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Another one draws other prompts.",
)
@provider_option
@max_cost_option
@at_once_option
@yes_option
@dry_run_option
@db_option
@json_option
def record(
    models: tuple[str, ...],
    *,
    all_retiring: bool,
    provider: str | None,
    at_once: int,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    **wishes: Any,  # noqa: ANN401 - the options above
) -> None:
    """Record how models answer, before they go. The price is shown first."""
    from engine.recording.several import plan_several, retiring
    from store.times import now
    from tui.cli.progress import staged

    if bool(models) == all_retiring:
        raise click.UsageError("name models, or --all-retiring")
    with opened() as lab:
        chosen = retiring(lab, now().date()) if all_retiring else models
        with staged() as readying:
            plans, skipped = plan_several(
                lab, chosen, _wish(**wishes), provider, readying, skip=all_retiring
            )
        if dry_run:
            _show_plans(plans, skipped, as_json=as_json)
            return
        if not as_json:
            print_plans(plans, skipped)
        _ask_before_spending(
            plans, yes=yes, limited=wishes["max_cost"] is not None, as_json=as_json
        )
        _record(lab, plans, skipped, at_once, as_json=as_json)


def _wish(stop: tuple[str, ...], **wishes: Any) -> Wish:  # noqa: ANN401 - see `record`
    from engine.recording.plan import Wish

    return Wish(stop=stop or None, **wishes)


def _ask_before_spending(
    plans: list[RecordingPlan], *, yes: bool, limited: bool, as_json: bool
) -> None:
    """See that somebody has agreed to the price; see `agree_to_spend`.

    Raises:
        LimitError: if there is but one model, and it would cost too much anyway.
    """
    if len(plans) == 1:
        plans[0].require_affordable()
    if any(plan.hosted and plan.missing for plan in plans):
        agree_to_spend(yes=yes, limited=limited, as_json=as_json)


def _record(
    lab: Lab,
    plans: list[RecordingPlan],
    skipped: list[Skipped],
    at_once: int,
    *,
    as_json: bool,
) -> None:
    from engine.recording.several import Skipped, record_several
    from tui.cli.ending import ended_whole
    from tui.cli.output import print_json
    from tui.cli.progress import told

    outcomes: list[Outcome] = []
    passed: list[Skipped] = []
    with ended_whole(going_on("answers that came are kept")), told("Recording") as tell:

        def watching(plan: RecordingPlan) -> Callable[[int, int, float], None]:
            def update(done: int, total: int, spent: float) -> None:
                if tell is not None:
                    tell(done, total, f"{plan.target.name}  {dollars(spent)}")

            return update

        for _plan, outcome in record_several(lab, plans, watching, at_once):
            if isinstance(outcome, Skipped):
                passed.append(outcome)
            else:
                outcomes.append(outcome)
    if as_json:
        print_json(
            {
                "recordings": list(map(outcome_as_json, outcomes)),
                "skipped": {each.model: str(each.reason) for each in (*skipped, *passed)},
            }
        )
    else:
        print_outcomes(outcomes, passed)
    # What went wrong while recording tells more than what was left out before.
    reasons = (each.reason for each in (*passed, *skipped))
    for failure in (*(each.stopped for each in outcomes), *reasons):
        if failure is not None:
            raise failure


def _show_plans(plans: list[RecordingPlan], skipped: list[Skipped], *, as_json: bool) -> None:
    from tui.cli.output import print_json

    if as_json:
        print_json(
            {
                "recordings": [plan_as_json(plan) for plan in plans],
                "skipped": {each.model: str(each.reason) for each in skipped},
            }
        )
    else:
        print_plans(plans, skipped)
