"""Finding one recorded thing by its id, its name or any unique beginning of either."""

from __future__ import annotations

import re
import sqlite3
from typing import Literal

from store.errors import AmbiguousError, NotFoundError

_VERSIONED = re.compile(r".+@[0-9]+")

Kind = Literal[
    "job", "model", "dataset_version", "chat", "suite", "recording", "evaluation", "sweep"
]

_WORDS: dict[Kind, tuple[str, str]] = {
    "job": ("job", "ftlab jobs"),
    "model": ("model", "ftlab models"),
    "dataset_version": ("dataset", "ftlab data list"),
    "chat": ("chat", "ftlab chats"),
    "suite": ("suite", "ftlab suite list"),
    "recording": ("recording", "ftlab recordings"),
    "evaluation": ("evaluation", "ftlab evals"),
    "sweep": ("sweep", "ftlab sweep list"),
}

_NEAR, _NEARNESS = 3, 0.7
"""How many names are guessed at most, and how alike they have to be (1: the same)."""

_HAVE_VERSIONS: frozenset[Kind] = frozenset({"dataset_version", "suite"})


def find(connection: sqlite3.Connection, kind: Kind, reference: str) -> str:
    """Return the id that a reference means.

    An exact id wins, then an exact name (the newest of that name), then a unique beginning of an id
    or a name, its letters large or small. A dataset or suite may be named with its version:
    `name@2`.

    Raises:
        NotFoundError: if nothing fits.
        AmbiguousError: if several do.
    """
    if kind in _HAVE_VERSIONS and _VERSIONED.fullmatch(reference):
        return _version_at(connection, kind, reference)
    exact = connection.execute(f"SELECT id FROM {kind} WHERE id = ?", (reference,)).fetchone()
    if exact is None and kind != "chat":
        exact = connection.execute(
            f"SELECT id FROM {kind} WHERE name = ? ORDER BY id DESC LIMIT 1", (reference,)
        ).fetchone()
    if exact is not None:
        return str(exact[0])
    return _by_beginning(connection, kind, reference)


def did_you_mean(connection: sqlite3.Connection, kind: Kind, reference: str) -> str:
    """Return a question that names what is called nearly so; empty if nothing is."""
    from difflib import get_close_matches

    known = {name.casefold(): name for name in names_and_ids(connection, kind)}
    near = get_close_matches(reference.casefold(), known, n=_NEAR, cutoff=_NEARNESS)
    return f". Did you mean {' or '.join(known[name] for name in near)}?" if near else ""


def names_and_ids(connection: sqlite3.Connection, kind: Kind) -> list[str]:
    """Return every name and id of a kind, for completion."""
    names = "" if kind == "chat" else f"SELECT name FROM {kind} UNION "
    rows = connection.execute(f"{names}SELECT id FROM {kind} ORDER BY 1")
    return [row[0] for row in rows]


def _by_beginning(connection: sqlite3.Connection, kind: Kind, reference: str) -> str:
    pattern = reference.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    query = rf"SELECT id FROM {kind} WHERE id LIKE ?1 ESCAPE '\'"
    if kind in _HAVE_VERSIONS:
        # Versions of one thing share their name: the newest stands for them.
        query += rf" UNION SELECT MAX(id) FROM {kind} WHERE name LIKE ?1 ESCAPE '\' GROUP BY name"
    elif kind != "chat":
        query += r" OR name LIKE ?1 ESCAPE '\'"
    query += " ORDER BY id LIMIT 6"
    found = [str(row[0]) for row in connection.execute(query, (pattern,))] if reference else []
    if len(found) == 1:
        return found[0]
    word, command = _WORDS[kind]
    if not found:
        raise NotFoundError(
            f"no {word} is called '{reference}': `{command}` lists them"
            f"{did_you_mean(connection, kind, reference)}"
        )
    raise AmbiguousError(f"'{reference}' fits several: {', '.join(found)}. Type more of it.")


def _version_at(connection: sqlite3.Connection, kind: Kind, reference: str) -> str:
    name, _, version = reference.rpartition("@")
    row = connection.execute(
        f"SELECT id FROM {kind} WHERE name = ? AND CAST(version AS TEXT) = ?", (name, version)
    ).fetchone()
    if row is None:
        word, command = _WORDS[kind]
        raise NotFoundError(f"no {word} version is called '{reference}': `{command}` lists them")
    return str(row[0])
