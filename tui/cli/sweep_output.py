"""Printing sweeps: what is going to be trained, how it stands, and what came of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tui.cli.output import note, print_table, say, say_heading
from tui.cli.sweep_pictures import curve_lines, effect_lines, scale_line
from tui.formats import count, duration, number
from tui.wording import number_of

if TYPE_CHECKING:
    from engine.sweeping.effects import Effect
    from engine.sweeping.learning_curve import LearningCurve
    from engine.sweeping.plan import SweepPlan, TrialPlan
    from engine.sweeping.standing import Standing, Trial
    from store.queries.sweeps import SweepRow

_CURVE = "learning_curve"
_TAG = "candidate"


def print_plan(plan: SweepPlan) -> None:
    """Print all trainings of a sweep, and what they come to."""
    names = list(plan.trials[0].settings)
    columns = ["job", *(f">{name.replace('_', ' ')}" for name in names), ">steps"]
    columns.append(">about" if plan.hosted else ">takes about")
    print_table(
        columns,
        [
            [trial.name, *_values(trial.settings, names), count(trial.total_steps), _price(trial)]
            for trial in plan.trials
        ],
    )
    for line in plan.notes:
        note(line)
    say(_sum(plan))


def _values(settings: dict[str, Any], names: Sequence[str]) -> list[str]:
    from engine.sweeping.effects import label

    return [label(settings[name]) if name in settings else "-" for name in names]


def _price(trial: TrialPlan) -> str:
    if trial.usd is not None:
        return f"${trial.usd:,.2f}"
    return "-" if trial.duration is None else duration(trial.duration.seconds)


def _sum(plan: SweepPlan) -> str:
    trials = number_of(len(plan.trials), "trial")
    if plan.hosted:
        if plan.usd is None:
            return f"{trials}; what they cost is not known"
        limit = "" if plan.limit is None else f", of ${plan.limit:,.2f} at most"
        return f"{trials}, about ${plan.usd:,.2f} together{limit}"
    at_a_time = f"{plan.slots} at a time"
    if plan.seconds is None:
        return f"{trials}, {at_a_time}; how long they take is not known before one has ended"
    return f"{trials}, {at_a_time}, about {duration(plan.seconds)} together"


def plan_as_json(plan: SweepPlan) -> dict[str, Any]:
    """Return a plan as plain JSON."""
    return {
        "name": plan.name,
        "mode": plan.wish.mode,
        "going_on": plan.going_on and plan.going_on.id,
        "fixed": dict(plan.fixed),
        "limit": plan.limit,
        "estimate": plan.usd,
        "seconds": plan.seconds,
        "trials": [
            {
                "name": trial.name,
                "settings": trial.settings,
                "examples": trial.examples,
                "total_steps": trial.total_steps,
                "estimate": trial.usd,
                "seconds": trial.duration and trial.duration.seconds,
            }
            for trial in plan.trials
        ],
        "notes": list(plan.notes),
    }


def print_sweeps(rows: Sequence[SweepRow]) -> None:
    """Print all sweeps, one a line."""
    from datetime import UTC, datetime

    from tui.formats import age, short_model

    now = datetime.now(UTC)
    print_table(
        ["sweep", "status", ">trials", "~base model", "~varies", "age", "id"],
        [
            [
                row.name,
                row.status,
                f"{row.ended}/{row.trials}",
                short_model(row.base_model),
                ", ".join(json.loads(row.axes_json)) or "examples",
                age(row.planned_at, now),
                row.id,
            ]
            for row in rows
        ],
    )


def print_standing(found: Standing) -> None:
    """Print the trials of a sweep, the best first, and what can be learned from them."""
    _print_trials(found)
    if found.ranked:
        _print_gain(found)
        say()
        _print_picture(found)
        _propose(found)


def _print_trials(found: Standing) -> None:
    trials = [*found.ranked, *found.others]
    names = list(dict.fromkeys(name for trial in trials for name in trial.settings))
    measure = found.measure.key
    # As much as goes into eighty cells: a trial's job is called as the sweep, with this behind.
    columns = [">rank", ">trial", *(f">{name.replace('_', ' ')}" for name in names), "status"]
    columns += [f">{measure}"] if measure else []
    columns += [">eval loss", ">perplexity", ">accuracy", ">train loss"]
    paid = any(trial.job.cost is not None or trial.job.estimate is not None for trial in trials)
    columns += [">cost"] if paid else []
    rows = []
    for trial in trials:
        short = trial.job.name.removeprefix(f"{found.sweep.name}-")
        row = [str(trial.rank or "-"), short, *_values(trial.settings, names)]
        row.append(_status(trial))
        row += [number(trial.value)] if measure else []
        rows.append([*row, *_figures(trial), *([_cost(trial)] if paid else [])])
    print_table(columns, rows)


def _status(trial: Trial) -> str:
    if trial.job.status == "running" and trial.job.progress is not None:
        return f"running {trial.job.progress:.0%}"
    return trial.job.status


def _figures(trial: Trial) -> list[str]:
    if trial.result is None:
        return [number(trial.job.eval_loss), "-", "-", number(trial.job.loss)]
    held = trial.result.evaluation
    accuracy = "-" if held.accuracy is None else f"{held.accuracy:.1%}"
    training = number(trial.result.training_loss)
    return [number(held.loss), number(held.perplexity), accuracy, training]


def _cost(trial: Trial) -> str:
    if trial.job.cost is not None:
        return f"${trial.job.cost:,.2f}"
    return "-" if trial.job.estimate is None else f"~${trial.job.estimate:,.2f}"


def _print_gain(found: Standing) -> None:
    best, worst = found.ranked[0], found.ranked[-1]
    if found.gain is None or best.value is None or worst.value is None:
        return
    less = found.measure.direction < 0 and worst.value > 0
    part = f" ({found.gain / worst.value:.1%})" if less else ""
    say(
        f"{best.job.name} is first by {found.measure.name}, {number(best.value)}: "
        f"{number(found.gain)}{part} better than the last, {worst.job.name}"
    )


def _print_picture(found: Standing) -> None:
    from engine.sweeping.effects import caution, effects
    from engine.sweeping.learning_curve import learning_curve, verdict

    if found.sweep.mode == _CURVE:
        curve = learning_curve(found.ranked)
        for line in (*curve_lines(curve), "", *verdict(curve, found.measure)):
            say(line)
        return
    told = effects(found.ranked)
    values = [trial.value for trial in found.ranked if trial.value is not None]
    low, high = min(values), max(values)
    say_heading(f"{found.measure.name} by setting")
    width = max(len(group.label) for effect in told for group in effect.groups)
    for effect in told:
        for line in effect_lines(effect, low, high, width):
            say(line)
    say(scale_line(low, high, width + 4))
    say(caution(told, len(found.ranked)))


def _propose(found: Standing) -> None:
    best = found.ranked[0]
    if best.result is None:
        return
    say()
    say(f"To keep the best: {proposal(found)}")
    say(f"As a picture:     ftlab sweep plot {shlex.quote(found.sweep.name)} -o sweep.svg")


def proposal(found: Standing) -> str | None:
    """Return the command that tags the best model; None if there is none."""
    if not found.ranked or found.ranked[0].result is None:
        return None
    return f"ftlab models tag {shlex.quote(found.ranked[0].result.model)} {_TAG}"


def standing_as_json(found: Standing) -> dict[str, Any]:
    """Return how a sweep stands as plain JSON."""
    from engine.sweeping.effects import effects
    from engine.sweeping.learning_curve import learning_curve

    row, curved = found.sweep, found.sweep.mode == _CURVE
    return {
        "id": row.id,
        "name": row.name,
        "mode": row.mode,
        "status": row.status,
        "base_model": row.base_model,
        "dataset": row.dataset,
        "validation": row.validation,
        "axes": json.loads(row.axes_json),
        "fixed": json.loads(row.fixed_json),
        "seed": row.seed,
        "estimate": row.estimate,
        "limit": row.max_cost,
        "by": found.measure.name,
        "gain": found.gain,
        "trials": [_trial_as_json(trial) for trial in (*found.ranked, *found.others)],
        "effects": [] if curved else [_effect_as_json(each) for each in effects(found.ranked)],
        "learning_curve": _curve_as_json(learning_curve(found.ranked)) if curved else None,
        "proposal": proposal(found),
    }


def _trial_as_json(trial: Trial) -> dict[str, Any]:
    result = trial.result
    return {
        "rank": trial.rank,
        "number": trial.number,
        "job": trial.job.id,
        "name": trial.job.name,
        "status": trial.job.status,
        "settings": trial.settings,
        "examples": trial.examples,
        "model": result and result.id,
        "value": trial.value,
        "evaluation": result and result.evaluation,
        "training_loss": result and result.training_loss,
        "cost": trial.job.cost,
        "estimate": trial.job.estimate,
    }


def _effect_as_json(effect: Effect) -> dict[str, Any]:
    return {
        "setting": effect.name,
        "share": effect.share,
        "by_chance": effect.by_chance,
        "groups": [
            {"label": group.label, "mean": group.mean, "values": list(group.values)}
            for group in effect.groups
        ],
    }


def _curve_as_json(curve: LearningCurve) -> dict[str, Any]:
    return {
        "points": [{"examples": examples, "loss": loss} for examples, loss in curve.points],
        "law": curve.law,
        "last_drop": curve.last_drop,
    }
