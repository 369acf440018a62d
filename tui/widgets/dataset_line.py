"""A dataset version in one line of a list, in however many columns there is room for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from store.queries.dataset_tree import VersionRow
from tui.cli.data.origins import origin
from tui.formats import age, fit, fit_right
from tui.harmless import harmless
from tui.ink import Ink, Line, Span
from tui.widgets.dataset_tree import Branch

_EXAMPLES, _TOKENS, _CHECK, _USED, _AGE = 8, 6, 6, 6, 4
_LEAST_NAME, _MOST_NAME, _LEAST_MADE = 16, 44, 18
_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Columns:
    """How many cells each column has; 0 leaves it out."""

    name: int
    made: int
    examples: int
    tokens: int
    check: int
    used: int
    age: int


@lru_cache(maxsize=32)
def columns(width: int) -> Columns:
    """Share a row's cells out: what tells most stays longest when they become few."""
    rest = max(0, width - 1)
    taken: list[int] = []
    for cells in (_EXAMPLES, _CHECK, _AGE, _TOKENS, _USED):
        fits = rest - cells - 1 >= _LEAST_NAME and (not taken or taken[-1] > 0)
        taken.append(cells if fits else 0)
        rest -= cells + 1 if fits else 0
    examples, check, old, tokens, used = taken
    made = max(rest - _MOST_NAME - 1, rest * 2 // 5) if rest >= _LEAST_NAME * 2 + 1 else 0
    made = made if made >= _LEAST_MADE else 0
    name = rest - made - 1 if made else rest
    return Columns(name, made, examples, tokens, check, used, old)


def heading(width: int) -> Line:
    """Return the titles of the columns."""
    texts = ("DATASET", "MADE", "EXAMPLES", "TOKENS", "CHECK", "USED", "AGE")
    return [(" " + "".join(_cells(texts, columns(width))), "faint")]


def dataset_line(
    branch: Branch, row: VersionRow | None, mark: str, width: int, now: datetime
) -> Line:
    """Return what a list says of a version.

    Args:
        branch: the version in the tree.
        row: what is known of it; None while that is being read.
        mark: a character before its name.
        width: the cells to fill.
        now: the time that ages are told by.
    """
    cells = columns(width)
    called = f"{harmless(branch.node.name)}@{branch.node.version}"
    guide = branch.guide[: max(0, cells.name - 8)]
    name: list[Span] = [
        (mark, "accent"),
        (guide, "faint"),
        (fit_name(called, cells.name - len(guide)), "plain"),
    ]
    if row is None:
        return [*name, ("  …", "faint")]
    found, ink = checked(row.errors, row.warnings)
    texts = _cells(
        (
            "",
            made_in_words(row.recipe_json),
            short(row.examples),
            "-" if row.tokens is None else short(row.tokens),
            found,
            _used(row.jobs, row.models),
            age(row.recorded_at, now),
        ),
        cells,
    )
    inks: tuple[Ink, ...] = ("dim", "plain", "dim", ink, "dim", "dim")
    return [*name, *zip(texts[1:], inks, strict=True)]


def _cells(texts: Sequence[str], cells: Columns) -> list[str]:
    """Return the texts of a row's columns, each in its cells."""
    name, made, examples, tokens, check, used, old = texts
    return [
        fit(name, cells.name),
        " " + fit(made, cells.made) if cells.made else "",
        " " + fit_right(examples, cells.examples) if cells.examples else "",
        " " + fit_right(tokens, cells.tokens) if cells.tokens else "",
        " " + fit(check, cells.check) if cells.check else "",
        " " + fit(used, cells.used) if cells.used else "",
        " " + fit_right(old, cells.age) if cells.age else "",
    ]


def fit_name(called: str, width: int) -> str:
    """Return a name with its version in so many cells: the version is never cut off."""
    name, at, version = called.rpartition("@")
    room = width - len(at) - len(version)
    whole = fit(called, width)
    if room < 4 or "…" not in whole or "…" in called:
        return whole
    return fit(fit(name, room).rstrip() + at + version, width)


def checked(errors: int | None, warnings: int | None) -> tuple[str, Ink]:
    """Return what came of a version's newest check, with its ink: never by colour alone."""
    if errors is None or warnings is None:
        return "·", "faint"
    if errors:
        return f"✗ {short(errors)}", "bad"
    return (f"! {short(warnings)}", "warn") if warnings else ("✓", "good")


def made_in_words(recipe_json: str) -> str:
    """Return how a version came to be, in words."""
    try:
        return harmless(origin(json.loads(recipe_json)) or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        # Another program's recipe: its version is shown all the same.
        return ""


def short(number: int) -> str:
    """Return a count in at most five cells: `980`, `1,204`, `31k`, `1.2M`."""
    if number < 10 * _THOUSAND:
        return f"{number:,}"
    amount = float(number)
    for unit in ("k", "M", "G"):
        amount /= _THOUSAND
        if amount < _THOUSAND:
            return f"{amount:.1f}{unit}" if amount < 10 else f"{int(amount)}{unit}"
    return f"{int(amount / _THOUSAND)}T"


def _used(jobs: int, models: int) -> str:
    """Return how many jobs and models a version went into: `3j 2m`."""
    told = (f"{short(jobs)}j" if jobs else "", f"{short(models)}m" if models else "")
    return " ".join(filter(None, told))
