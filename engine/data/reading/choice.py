"""One of several things that a file offers, chosen by name."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.errors import DataError
from engine.data.reading.rows import excerpt

_MOST_NAMES = 20


def chosen(names: Sequence[str], wish: str | None, *, what: str, where: str, option: str) -> str:
    """Return the name wished for, or the only one there is.

    Args:
        names: what there is.
        wish: what is wanted; None if nothing was said.
        what: what a name stands for, in the plural ("sheets").
        where: the file, for the message.
        option: how to wish ("--sheet").

    Raises:
        DataError: if there is nothing, nothing of that name, or a choice and no wish.
    """
    if not names:
        raise DataError(f"{where} holds no {what}.")
    if wish is None:
        if len(names) == 1:
            return names[0]
        raise DataError(
            f"{where} holds {len(names)} {what}: {_listed(names)}. Say which with {option} NAME."
        )
    if wish in names:
        return wish
    raise DataError(
        f"{where} has no '{excerpt(wish, 60)}' among its {what}{likeliest(wish, names)}. "
        f"There is: {_listed(names)}."
    )


def likeliest(wish: str, names: Sequence[str]) -> str:
    """Return a question for the name that was perhaps meant, to be put behind the wrong one."""
    import difflib

    close = difflib.get_close_matches(wish, names, n=1)
    return f" (did you mean '{excerpt(close[0], 60)}'?)" if close else ""


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(excerpt(name, 60) for name in names[:_MOST_NAMES])
    return shown + (", …" if len(names) > _MOST_NAMES else "")
