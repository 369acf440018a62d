"""`ftlab data list`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tui.cli.opening import db_option, reading
from tui.cli.options import at_option, json_option

if TYPE_CHECKING:
    from store.queries.datasets import DatasetRow


@click.command("list")
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
