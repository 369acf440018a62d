"""`ftlab models delete`, and how a person is asked twice before anything is deleted."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.deleting.models import ModelPlan, ModelToGo
    from engine.deleting.report import Deleted

_EXAMPLES = """\b
Examples:
  ftlab models delete support-1 --dry-run
  ftlab models delete ft:gpt-4o-mini-2024-07-18:acme::kaj0W
  ftlab models delete support-1 support-2 --yes --confirm 2

\b
What is recorded of a model stays: its lineage, its metrics, its conversations.
"""

_WANTED = "the model's name, or of several their number"

yes_option = click.option("--yes", is_flag=True, help="Answer the first question beforehand.")


@click.command("delete", epilog=_EXAMPLES)
@click.argument(
    "references",
    metavar="MODEL…",
    nargs=-1,
    required=True,
    shell_complete=names_of("model"),
    help="Model versions by name or id.",
)
@yes_option
@click.option(
    "--confirm",
    metavar="NAME|N",
    help="Answer the second one: the model's name; of several their number.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be deleted; delete nothing.")
@db_option
@json_option
def delete_models(
    references: tuple[str, ...],
    confirm: str | None,
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Delete models, at their service or on this machine. It asks twice."""
    from engine.deleting.models import delete_models, plan_models
    from tui.cli.output import note
    from tui.cli.progress import counted

    if not dry_run:
        require_answers(_WANTED, confirm, yes=yes, as_json=as_json)
    with opened() as lab:
        plan = plan_models(lab, references, datetime.now(UTC).date())
        if not as_json:
            _print_plan(plan)
        if dry_run:
            show_refusal(plan, _as_json(plan), as_json=as_json)
            return
        plan.check()
        if plan.models:
            word, wanted = _word(plan)
            ask_twice(_question(plan), word, wanted, confirm, yes=yes)
        elif not as_json:
            note("There is nothing to delete.")
        with counted("Deleting") as progress:
            done = delete_models(lab, plan, progress)
    print_deleted(done, as_json=as_json)


def _word(plan: ModelPlan) -> tuple[str, str]:
    """Return what is to be typed, and what that is."""
    if len(plan.models) == 1:
        return plan.models[0].name, "the model's name"
    return str(len(plan.models)), "the number of models"


def _question(plan: ModelPlan) -> str:
    from tui.wording import number_of

    where = ", ".join(sorted({_where(model) for model in plan.models}))
    return f"Delete {number_of(len(plan.models), 'model')} {where}, for good?"


def _where(model: ModelToGo) -> str:
    return "on this machine" if model.folder else f"at {model.provider}"


def _print_plan(plan: ModelPlan) -> None:
    from tui.cli.output import note, print_fields, say

    for place, model in enumerate(plan.models):
        if place:
            say()
        print_fields(
            [
                ("model", f"{model.name}  {model.id}"),
                ("where", _place(model)),
                ("base model", model.base_model),
                ("job", model.job),
                ("trained on", _data(model)),
                ("retires on", model.retires_on),
                ("rebuilt by", model.recreate),
                ("needed by", ", ".join(model.needed_by) or None),
                ("asked before", "yes, and broken off" if model.unfinished else None),
            ]
        )
    for name in plan.gone:
        note(f"{name} is gone already")


def _place(model: ModelToGo) -> str:
    from tui.wording import size

    return f"{model.folder}, {size(model.bytes or 0)}" if model.folder else model.provider


def _data(model: ModelToGo) -> str:
    if model.dataset is None:
        return "not known here: it cannot be rebuilt"
    kept = "kept here" if model.data_kept else "not kept here: it cannot be rebuilt"
    return f"{model.dataset}, {kept}"


def _as_json(plan: ModelPlan) -> dict[str, Any]:
    from tui.cli.output import plain

    return {"models": [plain(model) for model in plan.models], "gone": plan.gone}


def show_refusal(plan: Any, shown: dict[str, Any], *, as_json: bool, **wishes: bool) -> None:  # noqa: ANN401 - either plan
    """End a dry run: say what would be refused.

    Args:
        plan: of files or of models.
        shown: the plan as plain JSON.
        as_json: whether it is printed so.
        wishes: what the plan's check is told.
    """
    from engine.errors import LabError
    from tui.cli.output import note, print_json

    refused: str | None = None
    try:
        plan.check(**wishes)
    except LabError as error:
        refused = str(error)
    if as_json:
        print_json({**shown, "refused": refused})
    elif refused is not None:
        for line in refused.splitlines():
            note(line)


def require_answers(wanted: str, typed: str | None, *, yes: bool, as_json: bool) -> None:
    """See that both questions are answered beforehand where nobody is there to be asked.

    Args:
        wanted: what the second answer is.
        typed: what `--confirm` says.
        yes: whether the first question is answered.
        as_json: whether a program reads along, and nobody is asked.

    Raises:
        click.UsageError: if they are not.
    """
    somebody = sys.stdin.isatty() and sys.stderr.isatty() and not as_json
    if not somebody and not (yes and typed is not None):
        raise click.UsageError(
            f"nobody is there to be asked: deleting takes --yes, and --confirm with {wanted}"
        )


def ask_twice(question: str, word: str, wanted: str, typed: str | None, *, yes: bool) -> None:
    """See that somebody agrees: with yes, and by typing what is deleted.

    Args:
        question: the first question.
        word: what is to be typed.
        wanted: what that is.
        typed: what `--confirm` says.
        yes: whether the first question is answered.

    Raises:
        RequestError: if something else was typed.
        click.exceptions.Exit: if the answer is no.
    """
    from engine.errors import RequestError
    from tui.cli.output import note
    from tui.harmless import harmless

    if not yes and not click.confirm(harmless(question), err=True):
        note("Nothing was deleted.")
        raise click.exceptions.Exit(1)
    if typed is None:
        typed = click.prompt(harmless(f"Type {wanted} ({word})"), err=True)
    if typed.strip() != word:
        raise RequestError(f"'{typed.strip()}' is not {wanted} ({word}): nothing was deleted")


def print_deleted(done: Deleted, *, as_json: bool) -> None:
    """Print what became of each thing, and end as the first that went wrong does."""
    from tui.cli.output import note, print_json, say

    if as_json:
        troubles = {name: str(error) for name, error in done.troubles.items()}
        print_json({"ended": done.ended, "troubles": troubles})
    else:
        for line in _lines(done):
            say(line)
    troubles_left = list(done.troubles.values())
    for error in troubles_left[1:]:
        note(str(error))
    if troubles_left:
        raise troubles_left[0]


def _lines(done: Deleted) -> Iterable[str]:
    words = {
        "deleted": "deleted",
        "gone": "was gone: it is recorded so",
        "gone before": "was gone before",
    }
    return (f"{ended.name}  {words[ended.outcome]}" for ended in done.ended)
