"""`ftlab data show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from store.queries.datasets import CheckRow, CountRow, DatasetRow, Relative


@click.command()
@dataset_argument
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    metavar="N",
    default=3,
    show_default=True,
    help="How many examples to print.",
)
@at_option
@db_option
@json_option
def show(dataset: str, rows: int, at: str | None, *, as_json: bool) -> None:
    """Show a dataset version. Counts, lineage, the jobs that used it, and its first examples."""
    import json
    from itertools import islice

    from store.queries.datasets import checks_of, counts_of, jobs_of, lineage, models_of
    from store.queries.datasets import dataset as find
    from tui.cli.output import print_json

    with opened() as lab, standing(lab, at) as connection:
        version = find(connection, dataset)
        about = _About(
            lineage(connection, version.id),
            counts_of(connection, version.id),
            checks_of(connection, version.id),
            jobs_of(connection, version.id),
            models_of(connection, version.id),
        )
        with lab.blobs.verified(version.content).open("rb") as file:
            examples = [json.loads(line) for line in islice(file, rows)]
    if as_json:
        print_json({"version": version, **about._asdict(), "examples": examples})
        return
    _print_version(version, about)
    for number, example in enumerate(examples, 1):
        _print_example(number, example)


class _About(NamedTuple):
    """What is known of a version beside its own row."""

    lineage: list[Relative]
    counts: list[CountRow]
    checks: list[CheckRow]
    jobs: list[str]
    models: list[str]


def _print_version(version: DatasetRow, about: _About) -> None:
    import json

    from tui import wording
    from tui.cli.output import print_fields

    recipe = json.loads(version.recipe_json)
    before = [_called(other) for other in about.lineage if other.distance > 0]
    after = [_called(other) for other in about.lineage if other.distance < 0]
    print_fields(
        [
            ("dataset", f"{version.name}@{version.version}"),
            ("id", version.id),
            ("recorded", wording.local_time(version.recorded_at)),
            ("examples", f"{version.examples} ({wording.number_of(version.messages, 'message')})"),
            ("characters", str(version.characters)),
            ("content", f"{version.content} ({wording.size(version.bytes)})"),
            ("left out", str(version.left_out) if version.left_out else None),
            *(("tokens", _counted(count)) for count in about.counts),
            *(("checked", _checked(check)) for check in about.checks),
            ("made", _made(recipe)),
            ("cleaned by", _cleaned(recipe)),
            ("comes of", ", ".join(before) or None),
            ("gave", ", ".join(after) or None),
            ("jobs", ", ".join(about.jobs) or None),
            ("models", ", ".join(about.models) or None),
        ]
    )


def _counted(count: CountRow) -> str:
    from tui import formats

    assistant = formats.count(count.assistant_tokens)
    return f"{formats.count(count.tokens)} of {count.tokenizer}, {assistant} the assistant's"


def _checked(check: CheckRow) -> str:
    from tui.wording import number_of

    model = f" for {check.model}" if check.model else ""
    found = f"{number_of(check.errors, 'error')}, {number_of(check.warnings, 'warning')}"
    return f"{found}{model} ({check.method})"


def _made(recipe: dict[str, Any]) -> str:
    return " ".join(f"{key}={value}" for key, value in recipe.items() if key != "clean")


def _cleaned(recipe: dict[str, Any]) -> str | None:
    """Name the steps, with how many examples each changed and left out."""
    clean = recipe.get("clean")
    if not isinstance(clean, dict):
        return None
    did = clean.get("did", {})
    return ", ".join(_step(step["step"], did.get(step["step"])) for step in clean["steps"])


def _step(name: str, did: dict[str, Any] | None) -> str:
    if did is None:
        return name
    told = [f"{did[what]} {what}" for what in ("changed", "dropped") if did[what]]
    return f"{name} ({', '.join(told)})"


def _called(relative: Relative) -> str:
    return f"{relative.name}@{relative.version}"


def _print_example(number: int, example: dict[str, Any]) -> None:
    from tui.cli.data.changes import lines_of
    from tui.cli.output import say

    say()
    say(f"example {number}")
    for line in lines_of(example):
        say(f"  {line}")
