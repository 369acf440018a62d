"""`ftlab data add`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.data.versions.importing import Added

_ROWS_NAMED = 10

_ADD_EXAMPLES = """\b
Examples:
  ftlab data add chats.jsonl --name support
  ftlab data add train.jsonl --name gsm8k --prompt '{question}' --completion '{answer}'
  ftlab data add cities.csv --name cities --prompt 'Where is {city}?' --completion '{country}'
  ftlab data add collected.jsonl --name collected --skip-bad
"""


@click.command(epilog=_ADD_EXAMPLES)
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
