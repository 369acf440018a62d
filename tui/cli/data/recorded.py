"""How a version that a command made is told, so that its name cannot be taken for another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from store.queries.datasets import DatasetRow


def say_versions(connection: sqlite3.Connection, *versions: DatasetRow) -> None:
    """Print a line for each version, then which of them their bare names do not mean.

    A name without a number means the newest version. Content that a name has already makes no new
    version of it, so that what a command made need not be the newest.
    """
    from store.queries.datasets import versions_of
    from tui.cli.output import note, say
    from tui.wording import number_of

    for version in versions:
        say(f"{_called(version)}  {number_of(version.examples, 'example')}  {version.id}")
    for version in versions:
        newest = versions_of(connection, version.name)[-1]
        if newest.id != version.id:
            note(f"the newest is {_called(newest)}; write {_called(version)} to use this one")


def _called(version: DatasetRow) -> str:
    return f"{version.name}@{version.version}"
