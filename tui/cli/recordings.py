"""`ftlab recordings`: what models have answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.cli.groups import CommandGroup, refuse_lost_options
from tui.cli.names import names_of
from tui.cli.opening import db_option, opened, reading, standing
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from store.queries.recordings import RecordingRow

_recording_argument = click.argument(
    "recording",
    metavar="RECORDING",
    shell_complete=names_of("recording"),
    help="A recording's id, or its model's name or id for the newest of that model.",
)

_EXAMPLES = """\b
Examples:
  ftlab recordings
  ftlab recordings show support-1
  ftlab recordings export support-1 answers.jsonl
  ftlab recordings dataset support-1 --name support-successor
"""


@click.group(cls=CommandGroup, invoke_without_command=True, epilog=_EXAMPLES)
@at_option
@db_option
@json_option
@click.pass_context
def recordings(context: click.Context, at: str | None, *, as_json: bool) -> None:
    """What models have answered: list, look into, export.

    Without a command: list recordings, newest first. `ftlab models record` makes them.
    """
    if context.invoked_subcommand is not None:
        refuse_lost_options(context)
        return
    from store.queries.recordings import recording_list
    from tui.cli.output import note, print_json

    with reading(at) as connection:
        found = recording_list(connection)
    if as_json:
        print_json(found)
    elif found:
        _print_list(found)
    else:
        note("No recordings yet: `ftlab models record MODEL` makes one.")


def _print_list(found: list[RecordingRow]) -> None:
    from datetime import UTC, datetime

    from tui import formats
    from tui.cli.output import print_table

    now = datetime.now(UTC)
    print_table(
        ["~model", ">#", "state", ">prompts", ">answers", ">agrees", ">cost", "age", "id"],
        (
            [
                short_name(row.name),
                str(row.version),
                row.status,
                str(row.count),
                f"{row.answers:,}",
                "" if row.agreement is None else f"{row.agreement:.1%}",
                cost(row.cost) or "",
                formats.age(row.planned_at, now),
                row.id,
            ]
            for row in found
        ),
    )


@recordings.command()
@_recording_argument
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    metavar="N",
    help="Prompts to show.",
)
@at_option
@db_option
@json_option
def show(recording: str, limit: int, at: str | None, *, as_json: bool) -> None:
    """Show a recording and its first prompts, with all answers to them."""
    from itertools import islice

    from engine.recording.reading import lines
    from store.queries.recordings import recording as find
    from tui.cli.output import plain, print_json

    with opened() as lab, standing(lab, at) as connection:
        found = find(connection, recording)
        first = list(islice(lines(lab, found, connection), limit))
    if as_json:
        print_json({**plain(found), "first": first})
    else:
        _print(found, first)


def _print(found: RecordingRow, first: list[dict[str, Any]]) -> None:
    from tui import wording
    from tui.cli.output import print_fields, say

    parts = json.loads(found.parts_json)
    print_fields(
        [
            ("recording", f"{found.id}  {found.name}, number {found.version}"),
            ("asked at", found.provider),
            ("state", state(found)),
            ("prompts", ", ".join(f"{count} {part}" for part, count in parts.items())),
            ("answers", answers(found)),
            ("drawn", drawn(found)),
            ("agreement", agreement(found)),
            ("cost", cost(found.cost)),
            ("content", found.content),
            ("begun", wording.local_time(found.planned_at)),
            ("last", wording.local_time(found.updated_at)),
        ]
    )
    for line in first:
        say()
        _print_prompt(line)


def _print_prompt(line: dict[str, Any]) -> None:
    from engine.suites.prompts import Prompt, text_of
    from tui.cli.output import say_heading

    prompt = Prompt.from_json(line)
    say_heading(f"[{prompt.part}] {prompt.question}")
    if prompt.reference is not None:
        _print_said("hoped for", text_of(prompt.reference))
    for answer in line["answers"]:
        _print_said(f"at {answer['temperature']:g}", _answer(answer))


def _print_said(label: str, text: str) -> None:
    """Print a label and a text beside it, further lines under the first."""
    from tui.cli.output import say

    first, *others = text.splitlines() or [""]
    say(f"  {label:<10}  {first}")
    for line in others:
        say(f"  {'':<10}  {line}")


def _answer(answer: dict[str, Any]) -> str:
    from engine.suites.prompts import text_of

    if "error" in answer:
        return f"not answered: {answer['error']}"
    cut = "  [cut off]" if answer.get("finish_reason") == "length" else ""
    return (text_of(answer) or "(nothing)") + cut


@recordings.command()
@_recording_argument
@click.argument(
    "file",
    metavar="OUT.jsonl",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@db_option
@json_option
def export(recording: str, file: Path, *, force: bool, as_json: bool) -> None:
    """Write a recording as open JSON lines. Prompts, answers and log probabilities."""
    from engine.recording.reading import written
    from store.queries.recordings import recording as find
    from tui.cli.output import note, print_json, say
    from tui.wording import number_of

    if file.exists() and not force:
        raise click.UsageError(f"{file} is there already: --force replaces it")
    with opened() as lab:
        found = find(lab.database.reader, recording)
        content = list(written(lab, found))
    size = file.write_bytes(b"".join(content))
    if as_json:
        whole = found.content is not None
        print_json({"recording": found.id, "file": str(file), "bytes": size, "whole": whole})
        return
    say(f"{file}  {number_of(len(content), 'prompt')}, {size:,} bytes")
    if found.content is None:
        note(f"It is not whole: {answers(found)} answers. `ftlab models record` goes on with it.")


@recordings.command()
@_recording_argument
@click.option("--name", required=True, help="What to call the dataset.")
@click.option(
    "--part",
    "parts",
    multiple=True,
    metavar="PART",
    default=("training",),
    help="Answers to prompts of training, validation, held-out or suite [default: training].",
)
@click.option("--partial", is_flag=True, help="Take what there is of one that is not whole.")
@db_option
@json_option
def dataset(
    recording: str, name: str, parts: tuple[str, ...], *, partial: bool, as_json: bool
) -> None:
    """Make a dataset of a recording's answers. To train a successor on."""
    from engine.recording.successor import dataset_from
    from store.queries.recordings import recording as find
    from tui.cli.output import note, plain, print_json, say
    from tui.wording import number_of

    with opened() as lab:
        found = find(lab.database.reader, recording)
        added, left_out = dataset_from(lab, found, name, parts, partial=partial)
    version = added.version
    if as_json:
        print_json({**plain(version), "new": added.new, "left_out": left_out})
        return
    known = "" if added.new else "  (there already)"
    examples = number_of(version.examples, "example")
    say(f"{version.name}@{version.version}  {examples}  {version.id}{known}")
    if left_out:
        note(f"{number_of(left_out, 'answer')} left out: refused, empty, cut off or no whole call.")


def short_name(model: str) -> str:
    """Return what tells a fine-tuned model from others: what its name begins with all have."""
    parts = model.split(":", 2)
    return parts[2] if len(parts) > 2 and parts[0] == "ft" else model


def state(row: RecordingRow) -> str:
    """Say how far a recording is."""
    reason = f": {row.reason}" if row.reason else ""
    return f"{row.status}{reason}"


def drawn(row: RecordingRow) -> str:
    """Say how often each prompt is asked."""
    from tui.wording import number_of

    if not row.samples:
        return "once at temperature 0"
    return f"once at temperature 0, {number_of(row.samples, 'time')} at {row.temperature:g}"


def part_to_train_on(row: RecordingRow) -> str:
    """Return the option that `ftlab recordings dataset` needs where nothing is of the training."""
    parts = json.loads(row.parts_json)
    return "" if "training" in parts else f" --part {next(iter(parts))}"


def answers(row: RecordingRow) -> str:
    """Say how many answers a recording has of those it wants."""
    refused = f", {row.refused:,} refused" if row.refused else ""
    return f"{row.answers:,} of {row.questions:,}{refused}"


def agreement(row: RecordingRow) -> str | None:
    """Say how often a model agrees with itself."""
    if row.agreement is None:
        return None
    return f"{row.agreement:.1%} of its samples say the same as at temperature 0"


def cost(amount: float | None) -> str | None:
    """Say what answers cost."""
    from engine.money import dollars

    return None if amount is None else dollars(amount)
