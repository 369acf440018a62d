"""How a dataset version came to be, in words: what its recipe says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Recipe = Mapping[str, Any]

_TOLD_ELSEWHERE = ("made", "source", "of", "part", "left_out", "clean", "patterns", "skipped")


def origin(recipe: Recipe) -> str | None:
    """Say in one line how a version was made; None if nothing is known of that."""
    tell = _TELLERS.get(str(recipe.get("made")), _details)
    return tell(recipe) or None


def cleaning_rows(recipe: Recipe) -> list[list[str]]:
    """Return a table of what each cleaning step did, in their order.

    Its columns: the step, how many examples it changed and left out, how many there were after it.
    """
    clean = recipe.get("clean")
    if not isinstance(clean, dict):
        return []
    left = clean["before"]
    rows = []
    for step in clean["steps"]:
        did = clean["did"].get(step["step"], {"changed": 0, "dropped": 0})
        left -= did["dropped"]
        rows.append([step["step"], str(did["changed"]), str(did["dropped"]), str(left)])
    return rows


def dropped_rows(recipe: Recipe) -> list[tuple[int, str]]:
    """Return the first rows that cleaning left out, with the step that did it."""
    clean = recipe.get("clean")
    if not isinstance(clean, dict):
        return []
    return [
        (row, f"left out by {name}")
        for name, did in clean["did"].items()
        for row in did.get("dropped_rows", ())
    ]


def _imported(recipe: Recipe) -> str:
    source = recipe.get("source")
    said = f"imported from {'the standard input' if source == '-' else source}"
    details = _details(recipe)
    return f"{said} with {details}" if details else said


def _split(recipe: Recipe) -> str:
    return f"the {recipe['part']} part of {recipe['of']}: {_details(recipe)}"


def _sampled(recipe: Recipe) -> str:
    taken = _TAKEN.get(recipe["take"], recipe["take"])
    rest = {name: value for name, value in recipe.items() if name not in ("size", "take")}
    return ", ".join(filter(None, (f"{taken} {recipe['size']} of {recipe['of']}", _details(rest))))


def _merged(recipe: Recipe) -> str:
    said = f"merged from {', '.join(recipe['of'])}"
    return f"{said} without duplicates" if recipe.get("dedupe") else said


def _cleaned(recipe: Recipe) -> str:
    return f"cleaned from {recipe['of']}"


def _written(recipe: Recipe) -> str:
    of = recipe.get("of")
    what = "an answer, edited," if recipe.get("edited") else "an answer"
    said = f"{what} of {recipe['chat']} (turn {recipe['turn']})"
    return f"{of} and {said}" if of else said


_TELLERS: dict[str, Callable[[Recipe], str]] = {
    "imported": _imported,
    "split": _split,
    "sampled": _sampled,
    "merged": _merged,
    "cleaned": _cleaned,
    "written": _written,
}
_TAKEN = {
    "random": "a random sample of",
    "shortest": "the shortest",
    "longest": "the longest",
}
_WORDS = {"stratify": "stratified by", "group": "grouped by"}


def _details(recipe: Recipe) -> str:
    return ", ".join(
        f"{_WORDS.get(name, name.replace('_', ' '))} {_value(name, value)}"
        for name, value in recipe.items()
        if name not in _TOLD_ELSEWHERE
    )


def _value(name: str, value: object) -> str:
    if isinstance(value, list):
        return " and ".join(map(str, value))
    return f"'{value}'" if isinstance(value, str) and name not in _WORDS else str(value)
