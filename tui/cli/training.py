"""`ftlab train`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.cli.hyperparameters import NumberOrAuto, local_options
from tui.cli.names import dataset_argument, names_of
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option
from tui.cli.queue import (
    place_in_queue,
    priority_of,
    priority_option,
    queue_option,
    tell_queued,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.lab import Lab
    from engine.planning import Plan, TrainingRequest
    from engine.pricing.estimate import Estimate

_EXAMPLES = """\b
Examples:
  ftlab train gsm8k/train --model smollm2-135m-instruct --epochs 1 --follow
  ftlab train companies --model tiny-t5 --suffix facts
  ftlab train questions --from facts --suffix answers
  ftlab train support --model ./my-model --method full --learning-rate 2e-5 --dry-run
  ftlab train support --model tiny-gpt2 --queue --priority 5
  ftlab train support --provider openai --model gpt-4o-mini-2024-07-18 --max-cost 20
"""

_HOW_SHOWN = ("dry_run", "follow", "as_json")
"""What does not belong to the request: all other parameters do, the rest as hyperparameters."""


@click.command(epilog=_EXAMPLES)
@dataset_argument
@click.option(
    "--model",
    help="Base model: smollm2-135m-instruct (embedded), tiny-t5 or tiny-gpt2 (random weights), "
    "a folder, a hub id; a hosted one's name.",
)
@click.option(
    "--from",
    "earlier",
    metavar="MODEL",
    shell_complete=names_of("model"),
    help="Go on from a model version that was trained here, instead of --model.",
)
@click.option(
    "--provider", default="local", show_default=True, help="Where to train: here, or a profile."
)
@click.option(
    "--method",
    help="Here lora or full; hosted supervised, dpo or reinforcement [default: the usual one].",
)
@click.option("--epochs", type=NumberOrAuto(), metavar="X|auto", help="Passes over the data.")
@click.option("--max-steps", type=int, metavar="N", help="Stop after this many steps.")
@click.option(
    "--batch-size",
    type=NumberOrAuto(whole=True),
    metavar="N|auto",
    help="Examples in a batch, on each device.",
)
@click.option("--learning-rate", type=NumberOrAuto(), metavar="X|auto", help="Peak learning rate.")
@click.option(
    "--learning-rate-multiplier", type=float, metavar="X", help="The same for hosted services."
)
@click.option("--beta", type=float, metavar="X", help="Of dpo: how close to stay to the model.")
@click.option("--lora-rank", type=int, metavar="N", help="Rank of the LoRA matrices.")
@click.option("--max-length", type=int, metavar="N", help="Tokens kept of an example.")
@click.option("--save-every", type=int, metavar="N", help="Steps between checkpoints.")
@click.option(
    "--evaluate-every",
    type=int,
    metavar="N",
    help="Steps between evaluations on the validation set.",
)
@local_options
@click.option(
    "--seed",
    type=int,
    metavar="N",
    default=0,
    show_default=True,
    help="Of the data order and all that is drawn.",
)
@click.option("--suffix", help="A name for the job and its model.")
@click.option(
    "--validation",
    metavar="DS",
    help="Dataset to evaluate on [default: the validation part of the same split].",
)
@click.option(
    "--grader",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Of reinforcement: the grader, a JSON file.",
)
@click.option("--wandb", metavar="PROJECT", help="Have a hosted service report to this project.")
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="Refuse what would cost more [default: the configured budget].",
)
@click.option("--dry-run", is_flag=True, help="Show the plan; record and start nothing.")
@queue_option
@priority_option
@click.option("--follow", is_flag=True, help="Watch it train; Ctrl-C leaves it running.")
@db_option
@json_option
@click.pass_context
def train(
    context: click.Context, /, *, dry_run: bool, follow: bool, as_json: bool, **_asked: object
) -> None:
    """Fine-tune a model on a dataset version. Here in a process of its own, or hosted.

    Prints the job's id.
    """
    request, waits = asked_for(context.params)
    with opened() as lab:
        plan = lab.plan(request)
        if dry_run:
            show_plan(plan, as_json=as_json)
        else:
            start_plan(lab, plan, priority=waits, follow=follow, as_json=as_json)


def asked_for(parameters: Mapping[str, Any]) -> tuple[TrainingRequest, int | None]:
    """Return what the parameters of the command ask for, and with which priority it shall wait.

    Raises:
        click.UsageError: if they do not go together, or a file that is named is not what it should
            be.
    """
    from engine.planning import TrainingRequest

    left = {name: value for name, value in parameters.items() if name not in _HOW_SHOWN}
    waits = priority_of(left.pop("priority"), queued=left.pop("queued"))
    earlier: str | None = left.pop("earlier")
    request = TrainingRequest(
        dataset=left.pop("dataset"),
        base_model=_base_model(left.pop("model"), earlier),
        provider=left.pop("provider"),
        method=left.pop("method"),
        seed=left.pop("seed"),
        suffix=left.pop("suffix"),
        validation=left.pop("validation"),
        options=_options(left.pop("grader"), left.pop("wandb"), earlier),
        max_cost=left.pop("max_cost"),
        hyperparameters=given(left),
    )
    return request, waits


def _base_model(model: str | None, earlier: str | None) -> str:
    """Return what is to be trained; an earlier model knows its base."""
    if (model is None) == (earlier is None):
        raise click.UsageError("name what to train: either --model or --from, a model made here")
    return model or ""


def _options(grader: Path | None, wandb: str | None, earlier: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if earlier is not None:
        options["from"] = earlier
    if grader is not None:
        options["grader"] = _read_grader(grader)
    if wandb is not None:
        if not wandb.strip():
            raise click.UsageError("--wandb needs the name of a project")
        options["integrations"] = [{"type": "wandb", "wandb": {"project": wandb}}]
    return options


def _read_grader(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise click.UsageError(f"{file} is not JSON: {error}") from None
    except RecursionError:
        raise click.UsageError(f"{file} is nested too deeply to be a grader") from None
    if not isinstance(found, dict):
        raise click.UsageError(f"{file} holds no JSON object: a grader is one")
    return found


def given(hyperparameters: Mapping[str, float | str | None]) -> dict[str, float | str]:
    """Return the options that were used."""
    return {name: value for name, value in hyperparameters.items() if value is not None}


def start_plan(
    lab: Lab, plan: Plan, *, priority: int | None = None, follow: bool, as_json: bool
) -> None:
    """Start or queue a planned job, say its id, and watch it if that is wanted."""
    from tui.cli.following import follow_job
    from tui.cli.output import print_json_line, say
    from tui.cli.progress import staged

    if not as_json:
        _tell_cost(plan)
    with staged() as progress:
        job = lab.train(plan, progress, priority=priority)
    if as_json:
        waits = place_in_queue(lab.database.reader, job)
        print_json_line({"job": job, "name": plan.name, **({"queue": waits} if waits else {})})
    else:
        say(f"{plan.name}  {job}")
    if priority is not None and not as_json:
        tell_queued(lab, job, followed=follow)
    if follow:
        follow_job(lab, job, as_json=as_json)


def _tell_cost(plan: Plan) -> None:
    from tui.cli.output import note

    for line in plan.notes:
        note(line)
    if plan.estimate is not None:
        note(f"about {_cost(plan.estimate)}")


def _steps(plan: Plan) -> str | None:
    if plan.hyperparameters.get("packing"):
        return "known when training starts: packing decides how many rows there are"
    return None if plan.total_steps is None else str(plan.total_steps)


def _cost(estimate: Estimate) -> str:
    tokens, epochs = f"{estimate.billed_tokens:,} tokens", f"{estimate.epochs} epochs"
    return f"${estimate.usd:,.2f}: {tokens} x {epochs} x ${estimate.price.value:,.2f} a million"


def show_plan(plan: Plan, *, as_json: bool) -> None:
    """Print what a job would be."""
    from tui.cli.output import print_fields, print_json
    from tui.wording import number_of

    settled = {name: value for name, value in plan.hyperparameters.items() if value is not None}
    if as_json:
        print_json(
            {
                "name": plan.name,
                "base_model": plan.request.base_model,
                "provider": plan.request.provider,
                "method": plan.method,
                "dataset": plan.dataset.id,
                "validation": plan.validation and plan.validation.id,
                "total_steps": plan.total_steps,
                "hyperparameters": settled,
                "options": plan.options,
                "estimate": plan.estimate.to_json() if plan.estimate else None,
                "notes": plan.notes,
            }
        )
        return
    dataset, validation = plan.dataset, plan.validation
    examples = number_of(dataset.examples, "example")
    print_fields(
        [
            ("job", plan.name),
            ("base model", plan.request.base_model),
            ("method", f"{plan.method}, {plan.request.provider}"),
            ("dataset", f"{dataset.name}@{dataset.version}, {examples}"),
            ("validation", f"{validation.name}@{validation.version}" if validation else "none"),
            ("steps", _steps(plan)),
            ("cost", _cost(plan.estimate) if plan.estimate else None),
            *(("note", line) for line in plan.notes),
            *((name.replace("_", " "), str(value)) for name, value in settled.items()),
        ]
    )
