"""Arguments that name a recorded thing, completed by the shell from what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from tui.cli.opening import chosen_database

if TYPE_CHECKING:
    import sqlite3

    from store.queries.find import Kind

_Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def names_of(kind: Kind) -> _Complete:
    """Return what completes the names and ids of a kind of thing."""

    def complete(context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
        from store.queries.find import names_and_ids
        from store.queries.models import model_references

        names = recorded(
            context,
            # A model can be named by a tag as well.
            model_references
            if kind == "model"
            else lambda connection: names_and_ids(connection, kind),
        )
        return [name for name in names if name.startswith(start) and name.isprintable()]

    return complete


def recorded(
    context: click.Context, question: Callable[[sqlite3.Connection], Iterable[str]]
) -> list[str]:
    """Return the answer to a question; completion never makes a database, never fails aloud."""
    from contextlib import closing

    from engine.places import Places
    from store.database import Database, told
    from store.errors import StoreError

    file = Places.find(database=chosen_database(context)).database
    try:
        with closing(Database(file, create=False)) as opened, told(file):
            return list(question(opened.reader))
    except StoreError:
        return []


job_argument = click.argument(
    "job",
    metavar="JOB",
    shell_complete=names_of("job"),
    help="A job's name, id, or a unique beginning of either.",
)
dataset_argument = click.argument(
    "dataset",
    metavar="DS",
    shell_complete=names_of("dataset_version"),
    help="A dataset: name (newest version), name@version, or id.",
)
datasets_argument = click.argument(
    "datasets",
    metavar="DS DS…",
    nargs=-1,
    required=True,
    shell_complete=names_of("dataset_version"),
    help="Datasets: name (newest version), name@version, or id.",
)
model_argument = click.argument(
    "model",
    metavar="MODEL",
    shell_complete=names_of("model"),
    help="A model version's name or id, or a base model.",
)
models_argument = click.argument(
    "models",
    metavar="MODEL…",
    nargs=-1,
    required=True,
    shell_complete=names_of("model"),
    help="Model versions by name or id, or base models.",
)
