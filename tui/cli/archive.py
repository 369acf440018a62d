"""`ftlab export archive` and `ftlab import archive`: the history as open files, and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from tui.cli.groups import CommandGroup
from tui.cli.names import names_of
from tui.cli.opening import db_option, opened, standing
from tui.cli.options import Moment, at_option, json_option

if TYPE_CHECKING:
    import sqlite3

    from click.decorators import FC

    from engine.archive.exporting import Exported
    from engine.archive.importing import Imported
    from engine.archive.selection import Wish
    from engine.lab import Lab
    from store.queries.find import Kind

_STANDARD = Path("-")
_NAMED = 5

_EXPORT_EXAMPLES = """\b
Examples:
  ftlab export archive everything.tar.zst
  ftlab export archive support.tar.gz --job support-bot --model support-bot
  ftlab export archive openai.tar.zst --provider openai --since 7d --replace
  ftlab export archive - | ssh backup 'cat > ftlab.tar.zst'
"""

_IMPORT_EXAMPLES = """\b
Examples:
  ftlab import archive everything.tar.zst --dry-run
  ftlab import archive everything.tar.zst
  ssh backup 'cat ftlab.tar.zst' | ftlab import archive -
"""


class _Export(CommandGroup):
    places: ClassVar[Mapping[str, str]] = {"archive": "tui.cli.archive:export_archive"}


class _Import(CommandGroup):
    places: ClassVar[Mapping[str, str]] = {
        "openai": "tui.cli.rescue:openai_history",
        "archive": "tui.cli.archive:import_archive",
    }


def _named(what: str, kind: Kind, told: str) -> Callable[[FC], FC]:
    """Return an option that names things of one kind, and may be given again."""
    return click.option(
        f"--{what}",
        f"{what}s",
        multiple=True,
        metavar="DS" if what == "dataset" else what.upper(),
        shell_complete=names_of(kind),
        help=f"{told}; may be given again.",
    )


@click.group(cls=_Export, no_args_is_help=True)
def export() -> None:
    """Take what is recorded out: as open files that need no ftlab."""


@click.group(cls=_Import, no_args_is_help=True)
def import_() -> None:
    """Take history in: from hosted services, from archives."""


@click.command(epilog=_EXPORT_EXAMPLES)
@click.argument(
    "out",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="OUT",
    help="The file to make: .tar.zst, .tar.gz or .tar; - for standard output.",
)
@_named("job", "job", "Only this job, and what it needs")
@_named("dataset", "dataset_version", "Only this dataset, all its versions")
@_named("model", "model", "Only this model, and what it was made from")
@click.option("--provider", help="Only what is at this provider, and what that needs.")
@click.option(
    "--since",
    type=Moment(),
    help="Only what had news since: 2026-11-20T18:30, or 2d (ago).",
)
@click.option("--with-models", is_flag=True, help="With the weights of local models.")
@click.option("--dry-run", is_flag=True, help="Only list what would be in it.")
@click.option("--replace", is_flag=True, help="Put it in the place of what is there.")
@at_option
@db_option
@json_option
def export_archive(
    out: Path,
    jobs: tuple[str, ...],
    datasets: tuple[str, ...],
    models: tuple[str, ...],
    provider: str | None,
    since: str | None,
    at: str | None,
    *,
    with_models: bool,
    dry_run: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Write everything, or a selection, to one file of open files.

    What a selected thing needs comes along: a job's data and model, a model's job, data and
    conversations. The same history and selection give the same bytes.
    """
    from engine.archive.selection import Wish
    from tui.cli.output import print_json

    if out == _STANDARD and not dry_run:
        _require_pipe(as_json=as_json)
    wish = Wish(jobs, datasets, models, provider, since, with_models)
    with opened() as lab, standing(lab, at) as state:
        made = _export(lab, wish, out, state, dry_run=dry_run, replace=replace)
    if as_json:
        print_json(_exported_as_json(made, out))
        return
    if dry_run:
        _print_files(made)
    else:
        _print_exported(made, out)
    _warn_of_missing(made)


def _require_pipe(*, as_json: bool) -> None:
    if as_json:
        raise click.UsageError("--json and an archive cannot both go to standard output")
    if sys.stdout.isatty():
        raise click.UsageError("an archive is nothing to look at: send standard output elsewhere")


def _export(
    lab: Lab, wish: Wish, out: Path, at: sqlite3.Connection, *, dry_run: bool, replace: bool
) -> Exported:
    from engine.archive import exporting
    from tui.cli.progress import bytes_read

    if dry_run:
        return exporting.preview_archive(lab, wish, at=at)
    with bytes_read(f"Writing {out.name}") as progress:
        if out == _STANDARD:
            return exporting.stream_archive(lab, wish, sys.stdout.buffer, at=at, progress=progress)
        return exporting.export_archive(lab, wish, out, replace=replace, at=at, progress=progress)


def _exported_as_json(made: Exported, out: Path) -> dict[str, object]:
    manifest = made.manifest.model_dump(mode="json")
    return {
        "path": str(out.absolute()) if made.packed_bytes is not None else None,
        "packed_bytes": made.packed_bytes,
        "bytes": made.bytes,
        "digest": made.digest,
        **{name: manifest[name] for name in ("source", "selection", "counts", "missing")},
        "files": [{"name": name, "bytes": size} for name, size in made.files],
    }


def _print_files(made: Exported) -> None:
    from tui.cli.output import print_table, say
    from tui.wording import number_of, size

    print_table(["file", ">size"], ([name, size(count)] for name, count in made.files))
    say(f"{number_of(len(made.files), 'file')}, {size(made.bytes)} before packing")


def _print_exported(made: Exported, out: Path) -> None:
    from tui.cli.output import note, say
    from tui.wording import number_of, size

    tell = note if out == _STANDARD else say
    if made.packed_bytes is not None:
        tell(f"{out}  {size(made.packed_bytes)}")
    counts = made.manifest.counts.items()
    counted = (number_of(count, what.removesuffix("s")) for what, count in counts if count)
    tell(f"{', '.join(counted)}: {number_of(len(made.files), 'file')}, {size(made.bytes)}")
    tell(f"the SHA-256 of its manifest is {made.digest}")


def _warn_of_missing(made: Exported) -> None:
    from tui.cli.output import note
    from tui.wording import number_of

    missing = made.manifest.missing
    for each in missing[:_NAMED]:
        note(f"not in it, because its content is not here: {each.name}")
    if len(missing) > _NAMED:
        note(f"not in it: {number_of(len(missing), 'content')} in all")


@click.command(epilog=_IMPORT_EXAMPLES)
@click.argument(
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="An archive of `ftlab export archive`; - for standard input.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what it would bring.")
@click.option(
    "--skip-conflicts",
    is_flag=True,
    help="Leave out what went on differently here, instead of refusing all.",
)
@db_option
@json_option
def import_archive(file: Path, *, dry_run: bool, skip_conflicts: bool, as_json: bool) -> None:
    """Take in what an archive holds and this lab does not.

    All of it is verified before anything is taken in. Importing it twice, or archives that overlap,
    brings only what is new. A history that went on differently here is named and refused.
    """
    from engine.archive import importing
    from tui.cli.output import print_json
    from tui.cli.progress import bytes_read

    with opened(begins=not dry_run) as lab, bytes_read(f"Reading {file.name}") as progress:
        if dry_run:
            brought = importing.preview_import(lab, file, progress=progress)
        else:
            brought = importing.import_archive(
                lab, file, skip_conflicts=skip_conflicts, progress=progress
            )
    if as_json:
        print_json(_imported_as_json(brought, taken_in=not dry_run))
    else:
        _print_imported(brought, taken_in=not dry_run)


def _imported_as_json(brought: Imported, *, taken_in: bool) -> dict[str, object]:
    return {
        "digest": brought.digest,
        "taken_in": taken_in,
        "events": brought.events,
        "new_events": brought.new_events,
        "new_contents": len(brought.contents.hashes),
        "new_models": sorted(brought.contents.models),
        "bytes": brought.contents.bytes,
        "conflicts": [
            {"stream": each.stream, "version": each.version, "line": each.line}
            for each in brought.conflicts
        ],
        "unknown_types": list(brought.unknown_types),
    }


def _print_imported(brought: Imported, *, taken_in: bool) -> None:
    from tui.cli.output import note, say
    from tui.wording import number_of, size

    said = "taken in" if taken_in else "would be taken in"
    say(_events_said(brought, said))
    contents = brought.contents
    if contents.hashes or contents.models:
        models = f" and {number_of(len(contents.models), 'model')}" if contents.models else ""
        kept = number_of(len(contents.hashes), "content")
        say(f"{kept}{models} {said}, {size(contents.bytes)}")
    for conflict in brought.conflicts:
        note(
            f"left out: {conflict.stream} went on differently here from version {conflict.version}"
        )
    if brought.unknown_types:
        types = ", ".join(brought.unknown_types)
        note(f"kept for a newer ftlab, which will understand them: {types}")


def _events_said(brought: Imported, said: str) -> str:
    from tui.wording import number_of

    if not brought.new_events:
        return f"nothing new in {number_of(brought.events, 'event')}"
    if brought.new_events == brought.events:
        return f"{number_of(brought.events, 'event')} {said}"
    return f"{brought.new_events} of {number_of(brought.events, 'event')} {said}"
