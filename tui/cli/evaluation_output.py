"""What `ftlab eval` prints: what would be asked at what price, and how models did."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.money import dollars

if TYPE_CHECKING:
    from engine.evaluation.outcome import Outcome, Skipped
    from engine.evaluation.plan import EvaluationPlan
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
        "reading_price": None if plan.reading is None else plain(plan.reading),
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
    elif price.at_most:
        remarks = []
        if any(plan.judgement for plan in plans):
            remarks.append("the judge is guessed")
        if any(plan.reading and plan.unread for plan in plans):
            remarks.append("reading the references included")
        told = f" ({', '.join(remarks)})" if remarks else ""
        say(f"In all about {dollars(price.about)}, at most {dollars(price.at_most)}{told}.")


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
        "references": _readings_as_json(outcome),
    }


def _readings_as_json(outcome: Outcome) -> dict[str, Any] | None:
    readings = outcome.readings
    if readings is None:
        return None
    return {
        "read": readings.read,
        "left_out": dict(readings.left_out),
        "untold": readings.untold,
        "spent": readings.spent,
    }


def evaluation_as_json(row: EvaluationRow) -> dict[str, Any]:
    """Return an evaluation as it is recorded, for programs."""
    from tui.cli.output import plain

    found: dict[str, Any] = plain(row)
    return found


def print_outcomes(found: Sequence[Outcome | Skipped]) -> None:
    """Print how models did, side by side, what could not be scored, and what to do next."""
    from engine.evaluation.outcome import Outcome
    from tui.cli.output import note, say

    outcomes = [each for each in found if isinstance(each, Outcome)]
    if outcomes:
        say()
        print_scores([each.evaluation for each in outcomes])
    for said in _remarks(outcomes):
        note(said)
    stopped = [each for each in found if not isinstance(each, Outcome) or each.stopped is not None]
    for each in outcomes:
        _note_faults(each)
        _note_absent(each)
        # The last word of the command is the reason of the first.
        if each.stopped is not None and each is not stopped[0]:
            note(f"{each.evaluation.name}: stopped: {each.stopped}")
        _note_unread(each)
    skipped = [each for each in found if not isinstance(each, Outcome)]
    # The last word of the command is the reason of a single one.
    for left in skipped if outcomes or len(skipped) > 1 else ():
        note(f"Left out: {left.model}: {left.reason}")
    whole = [each.evaluation for each in outcomes if each.stopped is None]
    if len(whole) > 1:
        say()
        say("How far apart they are, and how certain that is:")
        say(f"  ftlab compare {' '.join(row.name for row in whole)}")


def _remarks(outcomes: Sequence[Outcome]) -> list[str]:
    """Return what has to be known to read the figures, each once."""
    from engine.evaluation.figures import BATCHED

    found = [said for each in outcomes for said in remarks(each.evaluation)]
    if any(is_batched(each.evaluation) for each in outcomes):
        found.append(f"s each: {BATCHED}")
    return list(dict.fromkeys(found))


def remarks(row: EvaluationRow) -> list[str]:
    """Return what has to be known to read the figures of an evaluation."""
    told = json.loads(row.figures_json)
    return [f"{each['label']}: {each['remark']}" for each in told if each.get("remark")]


def is_batched(row: EvaluationRow) -> bool:
    """Tell whether the time is told of answers that were made several at a time."""
    return row.provider == "local" and bool(row.seconds) and (row.answers or 0) > 1


def print_scores(rows: Sequence[EvaluationRow]) -> None:
    """Print what the scorers say of each evaluation, what was refused, cost and time.

    Each evaluation is a line; where the terminal is too narrow for that, each is a few lines.
    """
    from tui.cli.output import print_fields, print_table, say
    from tui.cli.recordings import cost, short_name

    figures = {
        row.id: {each["label"]: each for each in json.loads(row.figures_json)} for row in rows
    }
    labels = list(dict.fromkeys(name for told in figures.values() for name in told))
    judged = [">judge cost"] if any(row.judge_cost is not None for row in rows) else []
    columns = [*(f">{name}" for name in labels), ">answers", ">cost", *judged, ">s each", "state"]
    cells = [
        [
            short_name(row.name),
            *(figure(figures[row.id].get(name)) for name in labels),
            _answers(row),
            cost(row.cost) or "",
            *([cost(row.judge_cost) or ""] if judged else []),
            _seconds(row),
            "whole" if row.status == "completed" else row.status,
        ]
        for row in rows
    ]
    if _fits([["model", *columns], *cells]):
        print_table(["model", *columns], cells)
        return
    for number, (model, *told) in enumerate(cells):
        if number:
            say()
        named = zip((name.lstrip(">") for name in columns), told, strict=True)
        print_fields([("model", model), *((name, value or None) for name, value in named)])


def _fits(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a table of these cells has the room that it needs; in a file it always has."""
    if not sys.stdout.isatty():
        return True
    from shutil import get_terminal_size

    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + 2 * (len(widths) - 1) <= get_terminal_size().columns


def figure(told: dict[str, Any] | None) -> str:
    """Return a figure with its 95% interval, as far as it is known.

    Of rows that are all alike nothing tells how certain it is: an interval of one point is none.
    """
    if told is None:
        return "-"
    value = f"{told['value']:.4g}"
    if told.get("low") is None or told.get("low") == told.get("high"):
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
    from tui.wording import number_of

    name = outcome.evaluation.name
    for said, count in outcome.refused.items():
        # The last word of the command says it once more.
        if outcome.stopped is None or said != str(outcome.stopped):
            note(f"{name}: {count} not answered: {said}")
    for column in outcome.columns:
        faults = Counter(score.fault for score in column.known if score.fault is not None)
        for said, count in faults.most_common(_FAULTS_NAMED):
            answers = number_of(count, "answer")
            note(f"{name}: {answers} without {label(column.scorer)}: {said}")
        if more := sum(faults.values()) - sum(c for _, c in faults.most_common(_FAULTS_NAMED)):
            note(f"… and {more} more without {label(column.scorer)}, for other reasons")


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
    name = outcome.evaluation.name
    for scorer in silent:
        if not reads_references(scorer):
            needs = f" ({', '.join(scorer.needs)})" if scorer.needs else ""
            note(f"{name}: no {label(scorer)}: no row has what it needs{needs}, or that it can use")
    if outcome.stopped is None:
        _note_nothing_beside(outcome)


def _note_nothing_beside(outcome: Outcome) -> None:
    """Tell which scorers found no answer of the other model to hold these beside."""
    from engine.scoring.specs import label
    from tui.cli.output import note

    row = outcome.evaluation
    for column in outcome.columns:
        if column.against and not column.scores and row.answers:
            note(
                f"{row.name}: no {label(column.scorer)}: {column.against} has answered none of "
                f"these prompts; `ftlab eval {row.suite} {column.against}` asks it"
            )


def _note_unread(outcome: Outcome) -> None:
    """Tell which references were not read, and which scorers had nothing to say for that."""
    from engine.evaluation.choosing import reads_references
    from engine.scoring.specs import label
    from tui.cli.output import note

    name, readings = outcome.evaluation.name, outcome.readings
    for said, count in (readings.left_out if readings else {}).items():
        note(f"{name}: {count} {'references' if count > 1 else 'reference'} not read: {said}")
    silent = [
        label(column.scorer)
        for column in outcome.columns
        if reads_references(column.scorer) and all(map(_is_absent, column.scores.values()))
    ]
    if silent and outcome.evaluation.answers and outcome.stopped is None:
        why = readings and readings.untold
        note(f"{name}: no {', '.join(silent)}: {why or 'no answer that is hoped for was read'}")


def _is_absent(score: ScoreRow) -> bool:
    return score.value is None and score.fault is None
