"""`ftlab data export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.names import dataset_argument
from tui.cli.opening import db_option, opened
from tui.cli.options import json_option

if TYPE_CHECKING:
    from engine.data.exporting.export import Exported

_TARGETS = ("openai", "prompt-completion", "alpaca", "sharegpt", "csv", "parquet", "hf")

_EXAMPLES = """\b
Examples:
  ftlab data export support support.jsonl --to openai
  ftlab data export support support.csv --to csv --replace
  ftlab data export support support-hf --to hf
"""


@click.command(epilog=_EXAMPLES)
@dataset_argument
@click.argument(
    "out", type=click.Path(path_type=Path), metavar="OUT", help="The file or folder to make."
)
@click.option("--to", type=click.Choice(_TARGETS), required=True, help="Its shape.")
@click.option(
    "--columns/--no-columns",
    default=None,
    help="Write the columns beside the examples, or not [default: as the shape has it].",
)
@click.option("--skip-unfit", is_flag=True, help="Leave out what the shape cannot say.")
@click.option("--replace", is_flag=True, help="Put it in the place of what is there.")
@db_option
@json_option
def export(
    dataset: str,
    out: Path,
    to: str,
    *,
    columns: bool | None,
    skip_unfit: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Write a version to a file of another shape. What would be lost is told, never dropped."""
    from engine.data.exporting.targets import Target
    from tui.cli.output import print_json
    from tui.cli.progress import bytes_read

    with opened() as lab, bytes_read(f"Writing {out.name}") as progress:
        exported = lab.datasets.export(
            dataset,
            out,
            Target(to),
            keep_columns=columns,
            skip_unfit=skip_unfit,
            replace=replace,
            progress=progress,
        )
    if as_json:
        print_json(_as_json(exported))
    else:
        _print(exported)


def _as_json(exported: Exported) -> dict[str, object]:
    return {
        "path": str(exported.path.absolute()),
        "written": exported.written,
        "unfit": exported.unfit_count,
        "first_unfit": [
            {"example": found.number, "reason": found.reason} for found in exported.unfit
        ],
        "columns_left_out": list(exported.columns_left_out),
        "columns_as_json": list(exported.as_json),
    }


def _print(exported: Exported) -> None:
    from tui.cli.output import note, say
    from tui.wording import number_of

    say(f"{exported.path}  {number_of(exported.written, 'example')}")
    if exported.columns_left_out:
        note(f"columns not written: {', '.join(exported.columns_left_out)}")
    if exported.as_json:
        note(f"columns written as JSON texts: {', '.join(exported.as_json)}")
    for unfit in exported.unfit[:10]:
        note(f"left out: {unfit}")
    if exported.unfit_count > 10:
        note(f"left out: {exported.unfit_count} examples in all")
