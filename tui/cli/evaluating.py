"""`ftlab eval`: models answer a suite, and scorers say how well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui.cli.asking import (
    agree_to_spend,
    at_once_option,
    dry_run_option,
    going_on,
    max_cost_option,
    provider_option,
    yes_option,
)
from tui.cli.evaluation_output import outcome_as_json, plan_as_json, print_outcomes, print_plans
from tui.cli.names import names_of
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan, EvaluationWish
    from engine.lab import Lab

_EXAMPLES = """\b
Examples:
  ftlab eval tickets support-2
  ftlab eval tickets support-1 support-2 gpt-4.1-mini --provider openai --max-cost 2
  ftlab eval math smollm2-135m my-run --scorer number_match
  ftlab eval tickets support-2 --against support-1 --scorer agreement
  ftlab eval tickets support-2 --dry-run

\b
Each prompt is asked once at temperature 0, and --samples times above it, if that is wanted: then
the mean of these is what counts, and how often they say the same is told. Answers and scores that
are recorded already are neither paid for nor computed again, so an evaluation that was broken off
goes on where it stopped. `ftlab compare A B` then tells how far apart models are, how certainly.
"""


@click.command("eval", epilog=_EXAMPLES)
@click.argument(
    "suite", metavar="SUITE", shell_complete=names_of("suite"), help="name, name@version or id."
)
@click.argument(
    "models",
    metavar="MODEL…",
    nargs=-1,
    required=True,
    shell_complete=names_of("model"),
    help="Model versions by name or id, base models, or what a service calls a model.",
)
@click.option(
    "--scorer",
    "scorers",
    multiple=True,
    metavar="SPEC",
    help="Score by this as well; `ftlab suite scorers` lists what there is. May be repeated.",
)
@click.option(
    "--against",
    metavar="MODEL",
    shell_complete=names_of("model"),
    help="Hold answers beside the recorded ones of this model, for scorers that do so.",
)
@click.option("--judge", metavar="MODEL", help="Have this model judge the answers, in both orders.")
@click.option(
    "--judge-provider", metavar="PROFILE", help="Where the judge is [default: as models are found]."
)
@click.option(
    "--rubric", metavar="TEXT|@FILE", help="What the judge is to look at [default: helpfulness]."
)
@click.option(
    "--samples",
    type=click.IntRange(min=0),
    default=0,
    metavar="K",
    help="Draw K more answers to each prompt above temperature 0, and score those instead.",
)
@click.option(
    "--temperature", type=float, metavar="T", help="Of the samples [default: the suite's, or 1]."
)
@click.option(
    "--max-tokens",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of the longest answer [default: the suite's, or 1024].",
)
@provider_option
@max_cost_option
@at_once_option
@yes_option
@dry_run_option
@db_option
@json_option
def evaluate(
    suite: str,
    models: tuple[str, ...],
    *,
    provider: str | None,
    at_once: int,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    **wishes: Any,  # noqa: ANN401 - the options above
) -> None:
    """Ask models the prompts of a suite and score the answers. The price is shown first."""
    from engine.evaluation.planning import plan
    from tui.cli.output import print_json
    from tui.cli.progress import staged

    with opened() as lab:
        wish = _wish(**wishes)
        with staged() as readying:
            plans = [
                plan(lab, suite, model, wish, provider, readying) for model in dict.fromkeys(models)
            ]
        plans = _with_leaks(lab, _each_once(plans))
        if dry_run:
            if as_json:
                print_json([plan_as_json(each) for each in plans])
            else:
                print_plans(plans)
            return
        if not as_json:
            print_plans(plans)
        _ask_before_spending(plans, yes=yes, limited=wish.max_cost is not None, as_json=as_json)
        _evaluate(lab, plans, at_once, as_json=as_json)


def _each_once(plans: list[EvaluationPlan]) -> list[EvaluationPlan]:
    """Return the plans without those of a model that was named before, by another name."""
    from tui.cli.output import note

    found: dict[str, EvaluationPlan] = {}
    for plan in plans:
        if plan.subject in found:
            note(f"{plan.recording.target.name} is named twice, and evaluated once.")
        found.setdefault(plan.subject, plan)
    return list(found.values())


def _wish(
    scorers: tuple[str, ...],
    judge: str | None,
    judge_provider: str | None,
    rubric: str | None,
    **wishes: Any,  # noqa: ANN401 - see `evaluate`
) -> EvaluationWish:
    from engine.evaluation.plan import EvaluationWish
    from engine.scoring.judged import RUBRIC, Judge
    from engine.scoring.specs import parse

    chosen = list(map(parse, scorers))
    look_at = _text(rubric)
    if judge is not None:
        chosen.append(Judge(judge, judge_provider, look_at or RUBRIC))
    elif rubric is not None or judge_provider is not None:
        raise click.UsageError("--rubric and --judge-provider say how --judge judges: name one")
    return EvaluationWish(scorers=tuple(chosen), **wishes)


def _text(typed: str | None) -> str | None:
    """Return what was typed, or what stands in the file that was named.

    Raises:
        click.UsageError: if that is nothing, or cannot be read.
    """
    if typed is None:
        return None
    text = _file(typed[1:]) if typed.startswith("@") else typed
    if not text.strip():
        where = f": {typed[1:]}" if typed.startswith("@") else ""
        raise click.UsageError(
            f"the rubric is empty{where}: say what the judge is to look at, or leave --rubric out"
        )
    return text.strip()


def _file(name: str) -> str:
    from pathlib import Path

    try:
        return Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise click.UsageError(f"the rubric cannot be read: {error}") from None


def _with_leaks(lab: Lab, plans: list[EvaluationPlan]) -> list[EvaluationPlan]:
    """Look whether models have learned the suite, and warn of those that have."""
    from engine.evaluation.leaking import with_leaks
    from tui.cli.evaluation_output import warn_of_leaks
    from tui.cli.progress import bytes_read

    with bytes_read("looking through the training data") as told:
        found = with_leaks(lab, plans, told)
    for plan in found:
        warn_of_leaks(plan)
    return found


def _ask_before_spending(
    plans: list[EvaluationPlan], *, yes: bool, limited: bool, as_json: bool
) -> None:
    """See that somebody has agreed to the price; see `agree_to_spend`.

    Raises:
        LimitError: if it would cost too much anyway.
    """
    from engine.evaluation.costs import costs_money, require_affordable

    require_affordable(plans)
    if costs_money(plans):
        agree_to_spend(yes=yes, limited=limited, as_json=as_json)


def _evaluate(lab: Lab, plans: list[EvaluationPlan], at_once: int, *, as_json: bool) -> None:
    from engine.evaluation.outcome import Outcome, Skipped
    from engine.evaluation.run import evaluate
    from tui.cli.ending import ended_whole
    from tui.cli.evaluation_progress import running_scores
    from tui.cli.output import print_json

    to_go_on = going_on("answers and scores that came are kept")
    with ended_whole(to_go_on), running_scores() as watching:
        found = evaluate(lab, plans, watching, at_once)
    if as_json:
        print_json(
            {
                "evaluations": [
                    outcome_as_json(each) for each in found if isinstance(each, Outcome)
                ],
                "skipped": {
                    each.model: str(each.reason) for each in found if isinstance(each, Skipped)
                },
            }
        )
    else:
        print_outcomes(found)
        _tell_agreement(lab, plans)
    for each in found:
        failure = each.stopped if isinstance(each, Outcome) else each.reason
        if failure is not None:
            raise failure


def _tell_agreement(lab: Lab, plans: list[EvaluationPlan]) -> None:
    """Tell how often the other model agrees with itself, which is the most to expect."""
    from engine.evaluation.choosing import needs_another
    from store.queries.models import model_list
    from store.queries.recordings import recording_list
    from tui.cli.output import say

    against = plans[0].against
    if against is None or not any(map(needs_another, plans[0].scorers)):
        return
    reader = lab.database.reader
    for row in recording_list(reader, against):
        if row.agreement is not None:
            say(
                f"{row.name} agrees with itself in {row.agreement:.1%} of its {row.samples} "
                "samples of each prompt: no successor can be expected to do so more often."
            )
            return
    name = next((row.name for row in model_list(reader) if row.id == against), against)
    say(
        f"How often {name} agrees with itself is not known: `ftlab models record` finds out, as "
        "long as it can be asked."
    )
