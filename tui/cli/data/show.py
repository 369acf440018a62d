"""`ftlab data show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab
    from store.queries.datasets import CheckRow, CountRow, DatasetRow, LeftOutRow, Relative


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
@click.option(
    "--left-out",
    is_flag=True,
    help="Print the rows that were left out when it was made, and why, instead of examples.",
)
@at_option
@db_option
@json_option
def show(dataset: str, rows: int, at: str | None, *, left_out: bool, as_json: bool) -> None:
    """Show a dataset version. Counts, lineage, the jobs that used it, and its first examples."""
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
        missing = _left_out(connection, version) if left_out else []
        examples = [] if left_out else _examples(lab, version, rows)
    if as_json:
        rest = {"left_out": missing} if left_out else {"examples": examples}
        print_json({"version": version, **about._asdict(), **rest})
        return
    _print_version(version, about)
    if left_out:
        _print_left_out(version, missing)
    for number, example in enumerate(examples, 1):
        _print_example(number, example)


def _examples(lab: Lab, version: DatasetRow, count: int) -> list[dict[str, Any]]:
    import json
    from itertools import islice

    with lab.blobs.verified(version.content).open("rb") as file:
        return [json.loads(line) for line in islice(file, count)]


def _left_out(connection: sqlite3.Connection, version: DatasetRow) -> list[LeftOutRow]:
    """Return the rows that could not become examples and those that cleaning left out."""
    import json

    from store.queries.datasets import LeftOutRow, left_out_of
    from tui.cli.data.origins import dropped_rows

    dropped = dropped_rows(json.loads(version.recipe_json))
    found = [*left_out_of(connection, version), *(LeftOutRow(*row) for row in dropped)]
    return sorted(found, key=lambda row: row.line)


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
    from tui.cli.data.origins import cleaning_rows, origin
    from tui.cli.output import print_fields, print_table, say

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
            ("made", origin(recipe)),
            ("comes of", ", ".join(before) or None),
            ("gave", ", ".join(after) or None),
            ("jobs", ", ".join(about.jobs) or None),
            ("models", ", ".join(about.models) or None),
        ]
    )
    steps = cleaning_rows(recipe)
    if steps:
        say()
        begun = ["(before)", "", "", str(recipe["clean"]["before"])]
        print_table(["cleaning", ">changed", ">left out", ">examples"], [begun, *steps])


def _counted(count: CountRow) -> str:
    from tui import formats

    assistant = formats.count(count.assistant_tokens)
    return f"{formats.count(count.tokens)} of {count.tokenizer}, {assistant} the assistant's"


def _checked(check: CheckRow) -> str:
    from tui.wording import number_of

    model = f" for {check.model}" if check.model else ""
    found = f"{number_of(check.errors, 'error')}, {number_of(check.warnings, 'warning')}"
    return f"{found}{model} ({check.method})"


def _called(relative: Relative) -> str:
    return f"{relative.name}@{relative.version}"


def _print_left_out(version: DatasetRow, rows: list[LeftOutRow]) -> None:
    from tui.cli.output import note, print_table, say

    if rows:
        say()
        counted = "line" if version.source else "row"
        table = ([str(row.line), row.reason] for row in rows)
        print_table([f">{counted}", "why it was left out"], table)
    if not version.left_out:
        note("Nothing was left out.")
    elif version.left_out > len(rows):
        were = "was" if version.left_out == 1 else "were"
        note(f"{version.left_out} {were} left out; where the others stood is not recorded")


def _print_example(number: int, example: dict[str, Any]) -> None:
    from tui.cli.data.changes import lines_of
    from tui.cli.output import say

    say()
    say(f"example {number}")
    for line in lines_of(example):
        say(f"  {line}")
