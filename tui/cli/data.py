"""`ftlab data`: files into dataset versions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.cli.groups import CommandGroup
from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened, reading, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from engine.data.versions.importing import Added
    from store.queries.datasets import DatasetRow, Relative

_ROWS_NAMED = 10

_ADD_EXAMPLES = """\b
Examples:
  ftlab data add chats.jsonl --name support
  ftlab data add train.jsonl --name gsm8k --prompt '{question}' --completion '{answer}'
  ftlab data add cities.csv --name cities --prompt 'Where is {city}?' --completion '{country}'
  ftlab data add collected.jsonl --name collected --skip-bad
"""

_SPLIT_EXAMPLES = """\b
Examples:
  ftlab data split gsm8k --test 0.1 --validation 0.05
  ftlab data split support@2 --test 200 --seed 7
"""


@click.group(cls=CommandGroup, no_args_is_help=True)
def data() -> None:
    """Datasets: add files, look at versions, split."""


@data.command(epilog=_ADD_EXAMPLES)
@click.argument(
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="JSONL (chat messages, prompt/completion) or CSV.",
)
@click.option("--name", required=True, help="The dataset's name.")
@click.option("--format", "file_format", help="jsonl or csv, if the file does not tell.")
@click.option("--prompt", help="Template of the user's words, with {column} fields.")
@click.option("--completion", help="Template of the assistant's answer.")
@click.option("--system", help="Template of a system message.")
@click.option("--skip-bad", is_flag=True, help="Leave bad rows out, and record which and why.")
@db_option
@json_option
def add(
    file: Path,
    name: str,
    file_format: str | None,
    prompt: str | None,
    completion: str | None,
    system: str | None,
    *,
    skip_bad: bool,
    as_json: bool,
) -> None:
    """Record a file as a dataset version. The same content makes no second version."""
    from engine.data.versions.importing import Source
    from tui.cli.output import print_json
    from tui.cli.progress import bytes_read

    source = Source(file, file_format, prompt, completion, system)
    with opened(begins=True) as lab, bytes_read(f"Reading {file.name}") as progress:
        added = lab.add_dataset(source, name, skip_bad=skip_bad, progress=progress)
    if as_json:
        print_json({"new": added.new, "left_out": added.left_out.count, "version": added.version})
    else:
        _print_added(added)


def _print_added(added: Added) -> None:
    from tui.cli.output import note, say
    from tui.wording import number_of

    version, left_out = added.version, added.left_out
    examples = number_of(version.examples, "example")
    what = "recorded" if added.new else "has this very content already"
    say(f"{version.name}@{version.version} {what}: {examples}  {version.id}")
    for bad in left_out.first[:_ROWS_NAMED]:
        note(f"left out: {bad}")
    if left_out.count > _ROWS_NAMED:
        note(f"left out: {left_out.count} rows in all")


@data.command("list")
@at_option
@db_option
@json_option
def list_(at: str | None, *, as_json: bool) -> None:
    """List every dataset version, newest first."""
    from store.queries.datasets import dataset_list
    from tui.cli.output import note, print_json

    with reading(at) as connection:
        versions = dataset_list(connection)
    if as_json:
        print_json(versions)
    elif versions:
        _print_versions(versions)
    else:
        note("No datasets yet: ftlab data add FILE --name NAME")


def _print_versions(versions: list[DatasetRow]) -> None:
    from tui import formats, wording
    from tui.cli.output import print_table

    now = datetime.now(UTC)
    print_table(
        ["dataset", ">examples", ">size", ">left out", "age", "id"],
        (
            [
                f"{version.name}@{version.version}",
                str(version.examples),
                wording.size(version.bytes),
                str(version.left_out) if version.left_out else "",
                formats.age(version.recorded_at, now),
                version.id,
            ]
            for version in versions
        ),
    )


@data.command()
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

    from tui import wording
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
            ("made", " ".join(f"{key}={value}" for key, value in recipe.items())),
            (
                "comes of",
                ", ".join(_called(other) for other in family if other.distance > 0) or None,
            ),
            ("gave", ", ".join(_called(other) for other in family if other.distance < 0) or None),
            ("jobs", ", ".join(jobs) or None),
        ]
    )


def _called(relative: Relative) -> str:
    return f"{relative.name}@{relative.version}"


def _print_example(number: int, example: dict[str, Any]) -> None:
    from tui.cli.output import say, say_lines

    say()
    say(f"example {number}")
    for message in example["messages"]:
        say_lines(f"{message['role']}: {message.get('content') or ''}", indent="  ")


@data.command(epilog=_SPLIT_EXAMPLES)
@dataset_argument
@click.option(
    "--test",
    default="0.1",
    show_default=True,
    help="Fraction (0.1) or number (100) of examples to keep for testing.",
)
@click.option(
    "--validation", default="0", show_default=True, help="The same, to watch training with."
)
@click.option(
    "--seed",
    type=int,
    metavar="N",
    default=0,
    show_default=True,
    help="Another seed draws other examples.",
)
@db_option
@json_option
def split(dataset: str, test: str, validation: str, seed: int, *, as_json: bool) -> None:
    """Divide a version, at random but repeatably. Makes NAME/train, NAME/validation, NAME/test."""
    from engine.data.versions.dividing import SplitSizes
    from engine.data.versions.splitting import parse_size
    from tui.cli.output import print_json, say
    from tui.cli.progress import bytes_read
    from tui.wording import number_of

    sizes = SplitSizes(parse_size(test), parse_size(validation), seed)
    with opened() as lab, bytes_read(f"Splitting {dataset}") as progress:
        parts = lab.split_dataset(dataset, sizes, progress)
    if as_json:
        print_json(parts)
        return
    for part in parts.values():
        examples = number_of(part.examples, "example")
        say(f"{part.name}@{part.version}  {examples}  {part.id}")
