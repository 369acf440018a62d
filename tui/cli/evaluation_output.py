"""What `ftlab eval` prints: what would be asked at what price, and how models did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.evaluation.plan import EvaluationPlan
    from engine.evaluation.run import Outcome, Skipped
    from store.queries.evaluations import EvaluationRow, ScoreRow

_FAULTS_NAMED = 3


def plan_as_json(plan: EvaluationPlan) -> dict[str, Any]:
    """Return what would be asked and scored, for programs."""
    from engine.scoring.registry import to_json
    from tui.cli.output import plain

    recording = plan.recording
    return {
        "suite": f"{plan.suite.name}@{plan.suite.version}",
        "model": plan.subject,
        "name": recording.target.name,
        "provider": recording.provider,
        "questions": recording.questions,
        "missing": len(recording.missing),
        "references_to_read": len(plan.unread),
        "scorers": [to_json(scorer) for scorer in plan.scorers],
        "against": plan.against,
        "settings": plain(recording.settings),
        "price": None if recording.price is None else plain(recording.price),
        "judge_price": None if plan.judgement is None else plain(plan.judgement),
        "limit": recording.limit,
        "leaked": None if plan.leaks is None else plan.leaks.rows,
        "goes_on_with": None if plan.open is None else plan.open.id,
    }


def print_plans(plans: Sequence[EvaluationPlan]) -> None:
    """Print what each model would be asked, by what it is scored, and what that costs."""
    from engine.evaluation.costs import price_of
    from engine.scoring.specs import label
    from tui.cli.output import note, print_table, say
    from tui.cli.recording_output import prices
    from tui.cli.recordings import short_name

    first = plans[0]
    say(
        f"{first.suite.name}@{first.suite.version}, scored by "
        f"{', '.join(label(scorer) for scorer in first.scorers)}"
    )
    print_table(
        ["model", ">to ask", ">known", ">about", ">at most"],
        (
            [
                short_name(plan.recording.target.name),
                f"{len(plan.recording.missing):,}",
                f"{plan.recording.questions - len(plan.recording.missing):,}",
                *prices(plan.recording),
            ]
            for plan in plans
        ),
    )
    price = price_of(plans)
    if price is None:
        note("What these answers cost is not known for all of them: pricing.toml can tell it.")
    elif any(plan.recording.hosted for plan in plans) or price.about:
        judged = " (the judge is guessed)" if any(plan.judgement for plan in plans) else ""
        say(f"In all about ${price.about:,.4f}, at most ${price.at_most:,.4f}{judged}.")


def warn_of_leaks(plan: EvaluationPlan) -> None:
    """Warn if the suite stands in what the model was trained on."""
    from tui.cli.output import note

    name, suite, leaks = plan.recording.target.name, plan.suite, plan.leaks
    if leaks is None or not leaks.rows:
        return
    word_for_word = len({leak.row for leak in leaks.exact})
    note(
        f"WARNING: {leaks.rows} of the {leaks.prompts} prompts of {suite.name} stand in what "
        f"{name} was trained on, {word_for_word} of them word for word: its scores prove little. "
        f"`ftlab suite check {suite.name} {name}` names them."
    )


def outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    """Return what came of evaluating a model, for programs."""
    return {
        **evaluation_as_json(outcome.evaluation),
        "asked": outcome.asked,
        "refusals": outcome.refused,
        "spent": outcome.spent,
        "stopped": None if outcome.stopped is None else str(outcome.stopped),
    }


def evaluation_as_json(row: EvaluationRow) -> dict[str, Any]:
    """Return an evaluation as it is recorded, for programs."""
    from tui.cli.output import plain

    found: dict[str, Any] = plain(row)
    return found


def print_outcomes(found: Sequence[Outcome | Skipped]) -> None:
    """Print how models did, side by side, what could not be scored, and what to do next."""
    from engine.evaluation.run import Outcome
    from tui.cli.output import note, say

    outcomes = [each for each in found if isinstance(each, Outcome)]
    if outcomes:
        say()
        print_scores([each.evaluation for each in outcomes])
    for each in outcomes:
        _note_faults(each)
        _note_absent(each)
    skipped = [each for each in found if not isinstance(each, Outcome)]
    # The last word of the command is the reason of a single one.
    for left in skipped if outcomes or len(skipped) > 1 else ():
        note(f"Left out: {left.model}: {left.reason}")
    whole = [each.evaluation for each in outcomes if each.stopped is None]
    if len(whole) > 1:
        say()
        say("How far apart they are, and how certain that is:")
        say(f"  ftlab compare {' '.join(row.name for row in whole)}")


def print_scores(rows: Sequence[EvaluationRow]) -> None:
    """Print a line for each evaluation: what the scorers say, what was refused, cost and time."""
    from tui.cli.output import print_table
    from tui.cli.recordings import cost, short_name

    figures = {
        row.id: {each["label"]: each for each in json.loads(row.figures_json)} for row in rows
    }
    labels = list(dict.fromkeys(name for told in figures.values() for name in told))
    judged = [">judge cost"] if any(row.judge_cost is not None for row in rows) else []
    columns = [*(f">{name}" for name in labels), ">answers", ">cost", *judged, ">s each"]
    print_table(
        ["model", *columns, "state"],
        (
            [
                short_name(row.name),
                *(figure(figures[row.id].get(name)) for name in labels),
                _answers(row),
                cost(row.cost) or "" if row.cost is not None else "",
                *([cost(row.judge_cost) or ""] if judged else []),
                _seconds(row),
                state(row),
            ]
            for row in rows
        ),
    )


def figure(told: dict[str, Any] | None) -> str:
    """Return a figure with its 95% interval, as far as it is known."""
    if told is None:
        return "-"
    value = f"{told['value']:.4g}"
    if told.get("low") is None or told.get("high") is None:
        return value
    return f"{value} [{told['low']:.3g}, {told['high']:.3g}]"


def state(row: EvaluationRow) -> str:
    """Return how an evaluation stands, in words."""
    if row.status == "completed":
        return "whole"
    return f"{row.status}: {row.reason}" if row.reason else "begun"


def _answers(row: EvaluationRow) -> str:
    if row.answers is None:
        return "?"
    refused = f", {row.refused} refused" if row.refused else ""
    return f"{row.answers:,}{refused}"


def _seconds(row: EvaluationRow) -> str:
    return f"{row.seconds / row.answers:.2f}" if row.seconds and row.answers else ""


def _note_faults(outcome: Outcome) -> None:
    from engine.scoring.specs import label
    from tui.cli.output import note

    for said, count in outcome.refused.items():
        note(f"{outcome.evaluation.name}: {count} not answered: {said}")
    for column in outcome.columns:
        faults = [score for score in column.scores.values() if score.fault is not None]
        for score in faults[:_FAULTS_NAMED]:
            note(f"{label(column.scorer)} of {score.prompt[:12]}: {score.fault}")
        if len(faults) > _FAULTS_NAMED:
            note(f"… and {len(faults) - _FAULTS_NAMED} more without {label(column.scorer)}")


def _note_absent(outcome: Outcome) -> None:
    """Tell which scorers had nothing to say of any answer, and why that is."""
    from engine.evaluation.choosing import reads_references
    from engine.scoring.specs import label
    from tui.cli.output import note

    silent = [
        column.scorer
        for column in outcome.columns
        if column.scores and all(_is_absent(score) for score in column.scores.values())
    ]
    read = [label(scorer) for scorer in silent if reads_references(scorer)]
    others = [scorer for scorer in silent if not reads_references(scorer)]
    name = outcome.evaluation.name
    if read:
        note(
            f"{name}: no {', '.join(read)}: only models of this machine tell how likely they hold "
            "an answer that is hoped for"
        )
    for scorer in others:
        note(f"{name}: no {label(scorer)}: {', '.join(scorer.needs) or 'what it needs'} not known")


def _is_absent(score: ScoreRow) -> bool:
    return score.value is None and score.fault is None
