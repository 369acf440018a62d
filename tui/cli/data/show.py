"""`ftlab data show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from store.queries.datasets import DatasetRow, Relative


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

    from store.queries.datasets import dataset as find
    from store.queries.datasets import jobs_of, lineage
    from tui.cli.output import print_json

    with opened() as lab, standing(lab, at) as connection:
        version = find(connection, dataset)
        family = lineage(connection, version.id)
        jobs = jobs_of(connection, version.id)
        with lab.blobs.verified(version.content).open("rb") as file:
            examples = [json.loads(line) for line in islice(file, rows)]
    if as_json:
        print_json({"version": version, "lineage": family, "jobs": jobs, "examples": examples})
        return
    _print_version(version, family, jobs)
    for number, example in enumerate(examples, 1):
        _print_example(number, example)


def _print_version(version: DatasetRow, family: list[Relative], jobs: list[str]) -> None:
    import json

    from tui import formats, wording
    from tui.cli.output import print_fields

    recipe = json.loads(version.recipe_json)
    print_fields(
        [
            ("dataset", f"{version.name}@{version.version}"),
            ("id", version.id),
            ("recorded", wording.local_time(version.recorded_at)),
            ("examples", f"{version.examples} ({wording.number_of(version.messages, 'message')})"),
            ("characters", str(version.characters)),
            ("content", f"{version.content} ({wording.size(version.bytes)})"),
            ("left out", str(version.left_out) if version.left_out else None),
            ("tokens", formats.count(version.tokens) if version.tokens is not None else None),
            ("made", _made(recipe)),
            ("cleaned by", _cleaned(recipe)),
            (
                "comes of",
                ", ".join(_called(other) for other in family if other.distance > 0) or None,
            ),
            ("gave", ", ".join(_called(other) for other in family if other.distance < 0) or None),
            ("jobs", ", ".join(jobs) or None),
        ]
    )


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
    from tui.cli.output import say, say_lines

    say()
    say(f"example {number}")
    for message in example["messages"]:
        say_lines(f"{message['role']}: {message.get('content') or ''}", indent="  ")
