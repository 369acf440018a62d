"""What `ftlab models record` prints: what would be asked at what price, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.money import dollars

if TYPE_CHECKING:
    from engine.recording.plan import RecordingPlan
    from engine.recording.run import Outcome
    from engine.recording.several import Skipped

_SKIPPED_NAMED = 5


def plan_as_json(plan: RecordingPlan) -> dict[str, Any]:
    """Return what would be asked of a model, for programs."""
    from tui.cli.output import plain

    return {
        "model": plan.subject,
        "name": plan.target.name,
        "provider": plan.provider,
        "prompts": plan.parts,
        "questions": plan.questions,
        "missing": len(plan.missing),
        "settings": plain(plan.settings),
        "temperature_from": plan.temperature_from,
        "price": None if plan.price is None else plain(plan.price),
        "limit": plan.limit,
        "goes_on_with": None if plan.open is None else plan.open.id,
        "done": None if plan.done is None or plan.missing else plan.done.id,
    }


def print_plans(plans: list[RecordingPlan], skipped: list[Skipped]) -> None:
    """Print what would be asked, at what price, and what is left out."""
    from engine.recording.several import total
    from tui.cli.output import note, print_table, say
    from tui.cli.recordings import short_name

    if plans:
        print_table(
            ["model", ">to ask", ">known", ">samples", ">about", ">at most", "~prompts"],
            (
                [
                    short_name(plan.target.name),
                    f"{len(plan.missing):,}",
                    f"{plan.questions - len(plan.missing):,}",
                    f"{plan.settings.samples} at {plan.settings.temperature:g}",
                    *prices(plan),
                    ", ".join(f"{count} {part}" for part, count in plan.parts.items()),
                ]
                for plan in plans
            ),
        )
        for source in dict.fromkeys(plan.temperature_from for plan in plans):
            temperatures = {
                plan.settings.temperature for plan in plans if plan.temperature_from == source
            }
            say(f"temperature {', '.join(f'{each:g}' for each in sorted(temperatures))}: {source}")
    price = total(plans)
    if price is None:
        note("What these answers cost is not known for all of them: pricing.toml can tell it.")
    elif any(plan.hosted for plan in plans):
        say(f"In all about {dollars(price.about)}, at most {dollars(price.at_most)}.")
    for each in skipped[:_SKIPPED_NAMED]:
        note(f"Left out: {each.reason}")
    if len(skipped) > _SKIPPED_NAMED:
        note(f"… and {len(skipped) - _SKIPPED_NAMED} more are left out.")
    if not plans and not skipped:
        note("No model is about to be shut down: `ftlab import openai` finds those that are.")


def prices(plan: RecordingPlan) -> tuple[str, str]:
    """Return what the missing answers cost, about and at most, as words."""
    if not plan.hosted:
        return "here", "here"
    if plan.price is None:
        return "?", "?"
    return dollars(plan.price.about), dollars(plan.price.at_most)


def outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    """Return what came of asking a model, for programs."""
    from tui.cli.output import plain

    stopped = None if outcome.stopped is None else str(outcome.stopped)
    return {
        **plain(outcome.recording),
        "asked": outcome.asked,
        "refusals": outcome.refused,
        "cut_off": outcome.cut_off,
        "spent": outcome.spent,
        "stopped": stopped,
    }


def print_outcomes(outcomes: list[Outcome], passed: list[Skipped]) -> None:
    """Print what came of asking each model, what was passed over, and what to do next."""
    from tui.cli.output import note, say
    from tui.cli.recordings import part_to_train_on

    for outcome in outcomes:
        say()
        _print_outcome(outcome)
    # The last word of the command is the reason of a single one.
    for each in passed[:_SKIPPED_NAMED] if outcomes or len(passed) > 1 else ():
        note(f"Passed over: {each.reason}")
    if len(passed) > _SKIPPED_NAMED:
        note(f"… and {len(passed) - _SKIPPED_NAMED} more were passed over.")
    for outcome in outcomes:
        if outcome.stopped is None:
            say()
            say("What it answered, and a dataset to train a successor on:")
            say(f"  ftlab recordings show {outcome.recording.id}")
            part = part_to_train_on(outcome.recording)
            say(f"  ftlab recordings dataset {outcome.recording.id} --name NAME{part}")
            break


def _print_outcome(outcome: Outcome) -> None:
    from tui.cli.output import note, print_fields
    from tui.cli.recordings import agreement, answers, cost, state

    found = outcome.recording
    print_fields(
        [
            ("recording", f"{found.id}  {found.name}, number {found.version}"),
            ("state", state(found)),
            ("answers", f"{answers(found)}, {outcome.asked:,} of them asked for now"),
            ("agreement", agreement(found)),
            ("content", None if found.content is None else found.content[:12]),
            ("spent now", cost(outcome.spent) if outcome.spent else None),
        ]
    )
    for said, count in outcome.refused.items():
        note(f"{count} not answered: {said}")
    if outcome.cut_off:
        note(
            f"{outcome.cut_off} answers end where no more was allowed ({found.max_tokens} tokens): "
            "--max-tokens allows more"
        )
