"""`ftlab train`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.jobs import Plan
    from engine.lab import Lab

_EXAMPLES = """\b
Examples:
  ftlab train gsm8k/train --model smollm2-135m-instruct --epochs 1 --follow
  ftlab train support --model ./my-model --method full --learning-rate 2e-5 --dry-run
"""


@click.command(epilog=_EXAMPLES)
@dataset_argument
@click.option(
    "--model",
    required=True,
    help="Base model: smollm2-135m-instruct (embedded), a folder, or a hub id.",
)
@click.option("--provider", default="local", show_default=True, help="Where to train.")
@click.option("--method", default="lora", show_default=True, help="lora or full.")
@click.option("--epochs", type=float, metavar="X", help="Passes over the data.")
@click.option("--max-steps", type=int, metavar="N", help="Stop after this many steps.")
@click.option("--batch-size", type=int, metavar="N", help="Examples in a step.")
@click.option("--learning-rate", type=float, metavar="X", help="Peak learning rate.")
@click.option("--lora-rank", type=int, metavar="N", help="Rank of the LoRA matrices.")
@click.option("--max-length", type=int, metavar="N", help="Tokens kept of an example.")
@click.option("--save-every", type=int, metavar="N", help="Steps between checkpoints.")
@click.option(
    "--evaluate-every",
    type=int,
    metavar="N",
    help="Steps between evaluations on the validation set.",
)
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
@click.option("--dry-run", is_flag=True, help="Show the plan; record and start nothing.")
@click.option("--follow", is_flag=True, help="Watch it train; Ctrl-C leaves it running.")
@db_option
@json_option
def train(
    dataset: str,
    model: str,
    provider: str,
    method: str,
    seed: int,
    suffix: str | None,
    validation: str | None,
    *,
    dry_run: bool,
    follow: bool,
    as_json: bool,
    **hyperparameters: float | None,
) -> None:
    """Fine-tune a model on a dataset version. It trains in a process of its own.

    Prints the job's id.
    """
    from engine.jobs import TrainingRequest

    request = TrainingRequest(
        dataset=dataset,
        base_model=model,
        provider=provider,
        method=method,
        hyperparameters=_given(hyperparameters),
        seed=seed,
        suffix=suffix,
        validation=validation,
    )
    with opened() as lab:
        plan = lab.plan(request)
        if dry_run:
            _show_plan(plan, as_json=as_json)
        else:
            _start(lab, plan, follow=follow, as_json=as_json)


def _given(hyperparameters: Mapping[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in hyperparameters.items() if value is not None}


def _start(lab: Lab, plan: Plan, *, follow: bool, as_json: bool) -> None:
    from tui.cli.following import follow_job
    from tui.cli.output import print_json_line, say
    from tui.cli.progress import staged

    with staged() as progress:
        job = lab.train(plan, progress)
    if as_json:
        print_json_line({"job": job, "name": plan.name})
    else:
        say(f"{plan.name}  {job}")
    if follow:
        follow_job(lab, job, as_json=as_json)


def _show_plan(plan: Plan, *, as_json: bool) -> None:
    from tui.cli.output import print_fields, print_json
    from tui.wording import number_of

    settled = plan.hyperparameters.model_dump(mode="json", exclude_none=True)
    if as_json:
        print_json(
            {
                "name": plan.name,
                "base_model": plan.request.base_model,
                "method": plan.request.method,
                "dataset": plan.dataset.id,
                "validation": plan.validation and plan.validation.id,
                "total_steps": plan.total_steps,
                "hyperparameters": settled,
            }
        )
        return
    dataset, validation = plan.dataset, plan.validation
    examples = number_of(dataset.examples, "example")
    print_fields(
        [
            ("job", plan.name),
            ("base model", plan.request.base_model),
            ("method", plan.request.method),
            ("dataset", f"{dataset.name}@{dataset.version}, {examples}"),
            ("validation", f"{validation.name}@{validation.version}" if validation else "none"),
            ("steps", str(plan.total_steps)),
            *((name.replace("_", " "), str(value)) for name, value in settled.items()),
        ]
    )
