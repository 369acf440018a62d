"""`ftlab models`: the model versions that jobs made, and their lineage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tui.cli.deleting import delete_models
from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.names import model_argument, names_of
from tui.cli.opening import db_option, opened, reading
from tui.cli.options import at_option, json_option
from tui.cli.recording import record
from tui.cli.results import table
from tui.cli.tagging import tag as tag_command
from tui.cli.tagging import tag_option, untag

if TYPE_CHECKING:
    from engine.rescue.retirement import Data, Retirement
    from store.queries.datasets import DatasetRow
    from store.queries.jobs import JobDetail
    from store.queries.model_scores import SuiteScore
    from store.queries.models import ModelRow


_WITHOUT_DATA: dict[Data, str] = {
    "kept": "(no examples)",
    "gone": "(gone)",
    "missing": "(missing)",
}
"""What stands in the place of a dataset version."""


@click.group(cls=CommandGroup, invoke_without_command=True)
@tag_option
@click.option(
    "--suite",
    metavar="S",
    shell_complete=names_of("suite"),
    help="Show the scores in this suite [default: the one that most were evaluated by].",
)
@at_option
@db_option
@json_option
@click.pass_context
def models(
    context: click.Context, tag: str | None, suite: str | None, at: str | None, *, as_json: bool
) -> None:
    """Model versions and their scores: list, look, tag, rebuild.

    Without a command: list model versions below what they were made of, with how they did.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from tui.cli.model_tree import as_json as tree_as_json
    from tui.cli.model_tree import print_tree, read_tree
    from tui.cli.output import note, print_json

    with reading(at) as connection:
        tree = read_tree(connection, tag, suite)
    if as_json:
        print_json(tree_as_json(tree))
    elif tree.items:
        print_tree(tree)
    elif tag is not None:
        note(f"No model is tagged {tag}: `ftlab models tag MODEL {tag}` does so.")
    else:
        note("No models yet: a job that succeeds makes one.")


@models.command()
@model_argument
@at_option
@db_option
@json_option
def show(model: str, at: str | None, *, as_json: bool) -> None:
    """Show a model version and what it was made from."""
    from engine.stages import earlier
    from store.queries.datasets import dataset
    from store.queries.jobs import job_detail
    from store.queries.model_scores import model_scores
    from store.queries.model_tags import tag_moves
    from store.queries.models import model as find
    from store.queries.models import model_list
    from tui.cli.model_tree import scores_as_json
    from tui.cli.output import plain, print_json
    from tui.cli.tagging import print_moves

    with reading(at) as connection:
        found = find(connection, model)
        job = job_detail(connection, found.job) if found.job else None
        trained_on = dataset(connection, found.dataset) if found.dataset else None
        stages = earlier(connection, found.job)
        moves = tag_moves(connection, found.id)
        scores = model_scores(connection).get(found.id, ())
        names = {each.id: each.name for each in model_list(connection)}
    if as_json:
        lineage = {"job": job, "dataset": trained_on, "stages": stages}
        told = {"tag_history": [plain(move) for move in moves], "scores": scores_as_json(scores)}
        print_json({**plain(found), "lineage": lineage, **told})
    else:
        _print_model(found, job, trained_on, stages, scores)
        print_moves(moves, names)


def _dataset(version: DatasetRow | None) -> str | None:
    return f"{version.name}@{version.version}  {version.id}" if version else None


def _print_model(
    found: ModelRow,
    job: JobDetail | None,
    trained_on: DatasetRow | None,
    stages: list[ModelRow],
    scores: Sequence[SuiteScore],
) -> None:
    from tui import wording
    from tui.cli.output import print_fields
    from tui.score_words import all_figures

    print_fields(
        [
            ("model", f"{found.name}  {found.id}"),
            ("tags", ", ".join(found.tags) or None),
            ("kind", found.kind),
            ("base model", found.base_model),
            *(("goes on from", f"{stage.name}  {stage.id}") for stage in stages),
            ("job", f"{job.name}  {job.id}" if job else None),
            ("dataset", _dataset(trained_on)),
            ("registered", wording.local_time(found.registered_at)),
            ("provider", found.provider if found.kind == "hosted" else None),
            ("retires on", found.retires_on),
            ("gone", found.gone_reason),
            ("evaluated on", _examples(found.evaluated_examples)),
            ("loss", _change(found.loss_before, found.loss_after)),
            ("perplexity", _change(found.perplexity_before, found.perplexity_after)),
            ("accuracy", _change(found.accuracy_before, found.accuracy_after)),
            *(
                (f"{score.name}@{score.version}", line)
                for score in scores
                for line in all_figures(score)
            ),
            ("path", found.path),
            *_hyperparameters(found),
        ]
    )


def _hyperparameters(found: ModelRow) -> list[tuple[str, str]]:
    from tui.hyperparameter_lines import hyperparameter_fields

    return hyperparameter_fields(found.hyperparameters_json)


def _examples(count: int | None) -> str | None:
    from tui.wording import number_of

    return None if count is None else number_of(count, "held-out example")


def _change(before: float | None, after: float | None) -> str | None:
    from tui.formats import number

    return None if after is None else f"{number(before)} -> {number(after)}"


@models.command("retire-check")
@db_option
@json_option
def retire_check(*, as_json: bool) -> None:
    """List hosted fine-tuned models with the day they die. And what of each is rescued."""
    from engine.rescue.retirement import retirements
    from tui.cli.output import note, plain, print_json

    with opened() as lab:
        found = retirements(lab, datetime.now(UTC).date())
    if as_json:
        print_json([plain(model) for model in found])
    elif found:
        _print_retirements(found)
    else:
        note("No hosted models are known: `ftlab import openai` takes them in.")


def _print_retirements(found: list[Retirement]) -> None:
    from tui import formats
    from tui.cli.output import print_table, say

    print_table(
        ["retires on", ">days", ">answers", "model", "~trained on"],
        (
            [
                model.retires_on or "-",
                "gone" if model.gone else formats.count(model.days_left),
                formats.count(model.answers or None),
                model.name,
                model.trained_on or _WITHOUT_DATA[model.data],
            ]
            for model in found
        ),
    )
    commands = [model.recreate for model in found if model.recreate is not None]
    if commands:
        say()
        say("To rebuild one on this machine:")
        say(f"  {commands[0]}")


@models.command()
@model_argument
@click.option("--provider", default="local", show_default=True, help="Where to train.")
@click.option("--model", "base_model", help="What to train [default: the embedded model].")
@click.option("--epochs", type=float, metavar="X", help="Passes over the data.")
@click.option("--max-steps", type=int, metavar="N", help="Stop after this many steps.")
@click.option("--dry-run", is_flag=True, help="Show the plan; record and start nothing.")
@click.option("--follow", is_flag=True, help="Watch it train; Ctrl-C leaves it running.")
@db_option
@json_option
def recreate(
    model: str,
    provider: str,
    base_model: str | None,
    *,
    dry_run: bool,
    follow: bool,
    as_json: bool,
    **hyperparameters: float | None,
) -> None:
    """Rebuild a hosted model from its own data. With hyperparameters that come near its own."""
    from engine.base_models import EMBEDDED
    from engine.rescue.recreation import plan_recreation
    from tui.cli.training import given, show_plan, start_plan

    with opened() as lab:
        chosen = base_model or EMBEDDED
        plan = plan_recreation(lab, model, provider, chosen, given(hyperparameters))
        if dry_run:
            show_plan(plan, as_json=as_json)
        else:
            start_plan(lab, plan, follow=follow, as_json=as_json)


models.add_command(tag_command)
models.add_command(untag)
models.add_command(table)
models.add_command(record)
models.add_command(delete_models)
