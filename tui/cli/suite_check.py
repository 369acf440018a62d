"""`ftlab suite check`: whether what a suite asks stands in what models were trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli.names import names_of
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.suites.leaks import Leak, Leaks
    from store.queries.models import ModelRow
    from store.queries.suites import SuiteRow

_EXAMPLES = """\b
Examples:
  ftlab suite check tickets
  ftlab suite check tickets support-2 prod
  ftlab suite check tickets --data tickets/train

\b
The data of all stages that a model comes of counts, its validation data does not. System prompts
are left out. A question that stands there in nearly the same words counts as well: with 0.7 of the
three-word phrases in common, whatever its numbers. Exits 1 if anything is found.
"""


@click.command(epilog=_EXAMPLES)
@click.argument(
    "name", metavar="SUITE", shell_complete=names_of("suite"), help="name, name@version or id."
)
@click.argument(
    "models",
    metavar="[MODEL]…",
    nargs=-1,
    shell_complete=names_of("model"),
    help="Model versions [default: all].",
)
@click.option(
    "--data",
    multiple=True,
    metavar="DS",
    shell_complete=names_of("dataset_version"),
    help="Look in this dataset version instead; again for more.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="Prompts to name of each model; 0 for all.",
)
@db_option
@json_option
@click.pass_context
def check(
    context: click.Context,
    name: str,
    models: tuple[str, ...],
    data: tuple[str, ...],
    limit: int,
    *,
    as_json: bool,
) -> None:
    """Look for a suite's prompts in training data. Scores of what a model has seen prove little."""
    from store.queries.suites import suite as find

    if models and data:
        raise click.UsageError("name models or --data, not both")
    with opened() as lab:
        suite = find(lab.database.reader, name)
        found = _in_data(lab, suite, data) if data else _in_models(lab, suite, models)
    if as_json:
        _print_json(suite, found)
    else:
        _print(suite, found, limit)
    if any(leaks.rows for _, leaks in found):
        context.exit(1)


def _in_data(lab: Lab, suite: SuiteRow, data: Sequence[str]) -> list[tuple[str, Leaks]]:
    from engine.suites.leaks import leaks
    from tui.cli.progress import bytes_read

    with bytes_read("looking through the data") as told:
        return [(", ".join(data), leaks(lab, suite, data, told))]


def _in_models(lab: Lab, suite: SuiteRow, models: Sequence[str]) -> list[tuple[str, Leaks]]:
    from engine.suites.leaks import leaks_of_each
    from tui.cli.progress import bytes_read

    rows = _rows(lab, models)
    with bytes_read("looking through the training data") as told:
        found = leaks_of_each(lab, suite, rows, told)
    return [(row.name, each) for row, each in zip(rows, found, strict=True)]


def _rows(lab: Lab, models: Sequence[str]) -> list[ModelRow]:
    from store.queries.models import model, model_list

    reader = lab.database.reader
    rows = [model(reader, each) for each in models] if models else model_list(reader)
    return list({row.id: row for row in rows}.values())


def _print_json(suite: SuiteRow, found: Sequence[tuple[str, Leaks]]) -> None:
    from tui.cli.output import plain, print_json

    def told(leak: Leak) -> dict[str, Any]:
        return {**plain(leak), "data": plain(leak.data)}

    print_json(
        {
            "suite": plain(suite),
            "found": [
                {
                    "name": name,
                    "prompts": leaks.prompts,
                    "exact": [told(leak) for leak in leaks.exact],
                    "near": [told(leak) for leak in leaks.near],
                    "looked_at": [plain(each) for each in leaks.looked_at],
                    "why_not": leaks.why_not,
                }
                for name, leaks in found
            ],
        }
    )


def _print(suite: SuiteRow, found: Sequence[tuple[str, Leaks]], limit: int) -> None:
    from tui.cli.output import note, say
    from tui.wording import number_of

    called = f"{suite.name}@{suite.version}"
    if not found:
        note("No models yet: --data DS looks in a dataset.")
        return
    for place, (name, leaks) in enumerate(found):
        if place:
            say()
        say(f"{'✗' if leaks.rows else '✓' if leaks.looked_at else '?'} {name}")
        for each in leaks.looked_at:
            examples = "" if each.examples is None else f", {number_of(each.examples, 'example')}"
            say(f"  looked through {each.name}{examples}{_learner(each.model, name)}")
        if leaks.why_not is not None:
            say(f"  ! {leaks.why_not}")
        if leaks.rows:
            _print_leaks(called, leaks, limit)
        elif leaks.looked_at:
            say(f"  none of the {number_of(leaks.prompts, 'prompt')} of {called} stands there")


def _learner(model: str | None, name: str) -> str:
    return "" if model in (None, name) else f", of the stage {model}"


def _print_leaks(called: str, leaks: Leaks, limit: int) -> None:
    from tui.cli.output import say
    from tui.formats import fit

    words = f"{len(leaks.exact)} word for word, {len(leaks.near)} nearly so"
    say(f"  {leaks.rows} of {leaks.prompts} prompts of {called} stand there: {words}")
    found = [("=", leak) for leak in leaks.exact] + [("≈", leak) for leak in leaks.near]
    for sign, leak in found[: limit or None]:
        again = f" and {leak.times - 1} more" if leak.times > 1 else ""
        place = f"{leak.row} {sign} {leak.data.name} example {leak.example}{again}"
        question = " ".join(leak.question.split())
        say(f"    {place}: {fit(question, min(_QUESTION, len(question) * 2)).rstrip()}")
    if limit and len(found) > limit:
        say(f"    … and {len(found) - limit} more: --limit 0 names all")


_QUESTION = 60
"""Cells of a question that are shown."""
