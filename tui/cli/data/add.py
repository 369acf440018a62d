"""`ftlab data add`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.data.versions.importing import Added, Source

_ROWS_NAMED = 10
_PREVIEWED = 10

_EXAMPLES = """\b
Examples:
  ftlab data add chats.jsonl --name support
  ftlab data add train.jsonl --name gsm8k --prompt '{question}' --completion '{answer}'
  ftlab data add tickets.csv --name tickets --prompt '{subject|default:Help}' \\
      --completion '{reply}' --clean all --preview
  ftlab data add companies.xlsx --name companies --template questions.toml
  ftlab data add notes.md.gz --name notes --skip-bad
  cat chats.jsonl | ftlab data add - --name piped
"""


@click.command(epilog=_EXAMPLES)
@click.argument(
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="JSONL, JSON, CSV, Excel, Parquet, text, Markdown, a Hugging Face folder; also packed.",
)
@click.option("--name", required=True, help="The dataset's name.")
@click.option("--format", "file_format", help="The file's format, if it does not tell.")
@click.option("--encoding", help="The text's encoding, if it is not found rightly.")
@click.option("--delimiter", help="What stands between the cells of a CSV file.")
@click.option(
    "--quoting",
    type=click.Choice(["double", "none"]),
    help="Whether quotes stand around the cells of a CSV file [default: found].",
)
@click.option(
    "--skip-lines",
    type=click.IntRange(min=0),
    metavar="N",
    help="Lines of a CSV file, or rows of a sheet, above the header [default: found].",
)
@click.option(
    "--repair",
    type=click.Choice(["none", "sure", "all"]),
    default="sure",
    show_default=True,
    help="Mend damaged JSON: not, where nothing is guessed, or also what is cut off.",
)
@click.option("--sheet", help="Which sheet of a workbook [default: the only one with rows].")
@click.option("--member", help="Which file of a zip archive, list of a JSON object, or split.")
@click.option("--chunk", help="What of a text makes a row: paragraph, line or tokens:N.")
@click.option("--prompt", help="Template of the user's words: {column}, {column|default:text}.")
@click.option("--completion", help="Template of the assistant's answer.")
@click.option("--system", help="Template of a system message.")
@click.option(
    "--system-mode",
    type=click.Choice(["add", "replace", "strip", "keep"]),
    help="What is done with system messages [default: add, if --system is given].",
)
@click.option(
    "--template",
    "templates",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A TOML file with several templates, each of which makes an example of each row.",
)
@click.option("--shape", help="The shape of the rows, where several would fit.")
@click.option(
    "--clean",
    "recipe",
    metavar="STEPS",
    help="Cleaning steps, or all: `ftlab data clean --list` tells them.",
)
@click.option("--preview", is_flag=True, help="Show what cleaning would change; record nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave bad rows out, and record which and why.")
@db_option
@json_option
def add(
    file: Path,
    name: str,
    recipe: str | None,
    *,
    preview: bool,
    skip_bad: bool,
    as_json: bool,
    **wishes: Any,  # noqa: ANN401 - the options of the file, passed on as they are
) -> None:
    """Record a file as a dataset version. The same content makes no second version."""
    from tui.cli.output import print_json
    from tui.cli.progress import bytes_read

    source = _source(file, recipe, wishes)
    if preview:
        _preview(source, as_json=as_json)
        return
    with opened(begins=True) as lab, bytes_read(f"Reading {file.name}") as progress:
        added = lab.datasets.add(source, name, skip_bad=skip_bad, progress=progress)
    if as_json:
        print_json(
            {
                "new": added.new,
                "encoding": added.encoding,
                "left_out": added.left_out.count,
                "repaired": added.repairs.to_json(),
                "notes": added.notes,
                "cleaned": added.tally.to_json() if source.recipe else None,
                "version": added.version,
            }
        )
    else:
        _print_added(added)


def _source(file: Path, recipe: str | None, wishes: dict[str, Any]) -> Source:
    from engine.data.cleaning.recipe import Recipe
    from engine.data.reading.options import ReadingOptions
    from engine.data.shapes.systems import SystemMode
    from engine.data.versions.importing import Source

    reading = {
        key: wishes.pop(key)
        for key in (
            "file_format",
            "encoding",
            "delimiter",
            "quoting",
            "skip_lines",
            "repair",
            "sheet",
            "member",
            "chunk",
        )
    }
    mode = wishes.pop("system_mode")
    return Source(
        file,
        ReadingOptions(**reading, count_tokens=_counter(reading["chunk"])),
        system_mode=None if mode is None else SystemMode(mode),
        recipe=None if recipe is None else Recipe.parse(recipe),
        **wishes,
    )


def _counter(chunk: str | None) -> Callable[[str], int] | None:
    """Return what counts the tokens of a text, if it is to be cut by them: as GPT-4o does."""
    if chunk is None or not chunk.startswith("tokens"):
        return None
    from engine.data.tokens.encodings import text_counter
    from engine.places import Places

    return text_counter("o200k_base", Places.find().tokenizers)


def _preview(source: Source, *, as_json: bool) -> None:
    from engine.data.versions.cleaning import preview_file
    from tui.cli.data.previewing import print_preview
    from tui.cli.output import note

    if source.recipe is None:
        raise click.UsageError("--preview shows what --clean would do: say which steps")
    changes, bad, place = preview_file(source, _PREVIEWED)
    print_preview(changes, place, as_json=as_json)
    for row in bad.first[:_ROWS_NAMED]:
        note(f"bad: {row}")
    if bad.count > _ROWS_NAMED:
        note(f"bad: {bad.count} rows in all")


def _print_added(added: Added) -> None:
    from tui.cli.data.previewing import print_tally
    from tui.cli.output import note, say
    from tui.wording import number_of

    version, left_out = added.version, added.left_out
    examples = number_of(version.examples, "example")
    what = "recorded" if added.new else "has this very content already"
    say(f"{version.name}@{version.version} {what}: {examples}  {version.id}")
    if not added.new and added.newest != version.version:
        note(
            f"the newest is {version.name}@{added.newest}; "
            f"write {version.name}@{version.version} to use this one"
        )
    if added.encoding not in (None, "utf-8"):
        note(f"read as {added.encoding}")
    for line in (*added.notes, *added.repairs.told(added.place)):
        note(line)
    print_tally(added.tally, added.place)
    if added.skipped:
        note(f"{number_of(added.skipped, 'template')} left unfilled: the row had nothing for it")
    for bad in left_out.first[:_ROWS_NAMED]:
        note(f"left out: {bad}")
    if left_out.count > _ROWS_NAMED:
        note(f"left out: {left_out.count} rows in all")
