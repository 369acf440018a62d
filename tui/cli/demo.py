"""`ftlab demo`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from tui.cli.opening import db_option, opened

if TYPE_CHECKING:
    from engine.demo import Answers
    from engine.lab import Lab


@click.command()
@click.option(
    "--steps", type=click.IntRange(min=1), metavar="N", help="Training steps [default: 30]."
)
@click.option("--no-ui", is_flag=True, help="Do not open the dashboard at the end.")
@db_option
def demo(steps: int | None, *, no_ui: bool) -> None:
    """Fine-tune a small language model on this machine.

    From a file to a chat with the result, without account, GPU or network. Takes a few minutes; run
    it again to go on after an interruption.
    """
    from engine import demo as demonstration
    from tui.cli.output import say, say_wrapped

    with opened(begins=True) as lab:
        job = _train(lab, steps or demonstration.STEPS)
        _compare(lab, job)
        if not no_ui and sys.stdin.isatty() and sys.stdout.isatty():
            from tui.app import run

            raise Exit(run(lab))
    say()
    say_wrapped("Now: `ftlab` opens the dashboard, `ftlab history` tells what happened.")


def _train(lab: Lab, steps: int) -> str:
    from engine import demo as demonstration
    from tui.cli.following import follow_job
    from tui.cli.output import say_wrapped
    from tui.cli.progress import staged

    with staged() as progress:
        parts = demonstration.prepare_data(lab)
        sizes = ", ".join(f"{part.examples} for {label}" for label, part in parts.items())
        say_wrapped(f"200 examples of GSM8K, recorded and split: {sizes}")
        job = demonstration.begin_training(lab, steps, progress)
    say_wrapped(f"{job.name}: LoRA fine-tuning of {job.base_model}, {steps} steps  {job.id}")
    follow_job(lab, job.id)
    return job.id


def _compare(lab: Lab, job: str) -> None:
    from engine import demo as demonstration
    from store.queries.jobs import job_detail
    from store.queries.models import model_list
    from tui.cli.output import print_table, say
    from tui.cli.progress import staged
    from tui.formats import number

    detail = job_detail(lab.database.reader, job)
    model = next(row for row in model_list(lab.database.reader) if row.job == job)
    say()
    say(f"On {model.evaluated_examples} held-out examples:")
    print_table(
        ["", ">loss", ">perplexity"],
        [
            ["before", number(model.loss_before), number(model.perplexity_before)],
            ["after", number(model.loss_after), number(model.perplexity_after)],
        ],
    )
    with staged() as progress:
        answers = demonstration.compare_answers(lab, detail, progress)
    _print_answers(answers)


def _print_answers(answers: Answers) -> None:
    from tui.cli.output import say, say_heading, say_wrapped

    for title, text in (
        ("A held-out question", answers.question),
        ("The base model answers", answers.base),
        ("The fine-tuned model answers", answers.tuned),
        ("The reference", answers.expected),
    ):
        say()
        say_heading(title)
        say_wrapped(text.strip())
