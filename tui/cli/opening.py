"""Which database a command works on, and opening it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab
    from store.database import Database

_DATABASE = f"{__name__}.database"


def _choose(context: click.Context, _parameter: click.Parameter, file: Path | None) -> None:
    if file is not None:
        context.meta[_DATABASE] = file


db_option = click.option(
    "--db",
    type=click.Path(path_type=Path),
    metavar="FILE",
    expose_value=False,
    callback=_choose,
    help="The database file, if not the usual one [env: FTLAB_DB].",
)


def chosen_database(context: click.Context) -> Path | None:
    """Return the file that `--db` names, the one furthest behind; None if it was not given."""
    chosen: Path | None = context.meta.get(_DATABASE)
    return chosen


@contextmanager
def opened(role: str = "cli", *, begins: bool = False, read_only: bool = False) -> Iterator[Lab]:
    """Open the lab that the command line, the environment or the platform names.

    Args:
        role: which face of ftlab acts.
        begins: whether a file that `--db` names is begun if it does not exist. Where nothing is
            brought in, such a name is rather a slip of the hand.
        read_only: whether it is only looked at.
    """
    from engine.lab import Lab
    from engine.places import Places
    from store.database import is_locked, told
    from tui.cli.patience import told_if_slow
    from tui.cli.progress import counted_if_begun

    chosen = chosen_database(click.get_current_context())
    places = Places.find(database=chosen)
    waiting = f"note: waiting for {places.database}: another process keeps it locked"
    with told(places.database, ": `ftlab verify` tells what is wrong"):
        with (
            told_if_slow(waiting, lambda: is_locked(places.database)),
            counted_if_begun("Folding the history anew") as progress,
        ):
            if read_only:
                from engine.looking import LookedAtLab

                lab: Lab = LookedAtLab(places, progress)
            else:
                lab = Lab(places, role, create=begins or chosen is None, progress=progress)
        with lab:
            _pass_on_notice(lab.database)
            yield lab


@contextmanager
def opened_database() -> Iterator[Database]:
    """Open the database alone, as it stands: even one whose events can no longer be folded."""
    from engine.lab import open_database
    from engine.places import Places

    chosen = chosen_database(click.get_current_context())
    with closing(open_database(Places.find(database=chosen), create=chosen is None)) as database:
        _pass_on_notice(database)
        yield database


def _pass_on_notice(database: Database) -> None:
    from tui.cli.output import note

    if database.notice:
        note(f"note: {database.notice}")


@contextmanager
def reading(at: str | None) -> Iterator[sqlite3.Connection]:
    """Open the lab for reading, now or as it stood at an event or a time."""
    with opened() as lab, standing(lab, at) as connection:
        yield connection


@contextmanager
def standing(lab: Lab, at: str | None) -> Iterator[sqlite3.Connection]:
    """Give a connection to the lab's store, now or as it stood at an event or a time."""
    if at is None:
        yield lab.database.reader
        return
    with closing(lab.as_of(at)) as past:
        yield past
