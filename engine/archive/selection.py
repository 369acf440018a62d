"""Which streams an archive is made of: what was asked for, and what that needs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from engine.errors import RequestError
from store.errors import NotFoundError
from store.queries.datasets import dataset
from store.queries.find import find
from store.queries.relations import at_provider, with_needs
from store.queries.streams import stream_names


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants in an archive: named things, or everything, perhaps narrowed down.

    Attributes:
        jobs: by id, name or unique beginning.
        datasets: likewise; each comes with all its versions.
        models: likewise; each comes with the conversations with it.
        provider: only what is at this provider.
        since: only things of which something was recorded at or after this UTC text.
        weights: whether the files of local models come along.
    """

    jobs: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    provider: str | None = None
    since: str | None = None
    weights: bool = False

    @property
    def named(self) -> bool:
        """Whether things are named, rather than everything wanted."""
        return bool(self.jobs or self.datasets or self.models)

    @property
    def narrowed(self) -> bool:
        """Whether not everything is wanted of what there is."""
        return self.provider is not None or self.since is not None


def selected(connection: sqlite3.Connection, wish: Wish) -> set[str] | None:
    """Return the names of the streams that are wanted, None for all.

    Raises:
        RequestError: if things are named and everything is narrowed down as well.
        NotFoundError: if something named does not exist, or nothing is left.
    """
    if wish.named and wish.narrowed:
        raise RequestError(
            "name jobs, datasets and models, or narrow everything down with --provider and "
            "--since, not both"
        )
    if wish.named:
        return with_needs(connection, _named(connection, wish))
    if not wish.narrowed:
        return None
    found = _narrowed(connection, wish)
    if not found:
        raise NotFoundError("nothing recorded fits --provider and --since")
    return with_needs(connection, found)


def _named(connection: sqlite3.Connection, wish: Wish) -> set[str]:
    return {
        *(f"job/{find(connection, 'job', name)}" for name in wish.jobs),
        *(f"dataset/{dataset(connection, name).name}" for name in wish.datasets),
        *(f"model/{find(connection, 'model', name)}" for name in wish.models),
    }


def _narrowed(connection: sqlite3.Connection, wish: Wish) -> set[str]:
    found = set(stream_names(connection, since=wish.since))
    if wish.provider is not None:
        # What was said of a file in a job's stream is found by the job.
        found &= at_provider(connection, wish.provider)
    return found
