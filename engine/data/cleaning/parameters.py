"""What may be written after a step's name: read, checked, and written again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.data.cleaning.secret import DEFAULT_KINDS, KINDS
from engine.data.cleaning.steps import BY_NAME
from engine.data.errors import WishError
from engine.data.reading.rows import excerpt

DEFAULT_THRESHOLD = 0.8
LEAST_THRESHOLD = 0.5
_ANY_NUMBERS = "any-numbers"


def read_parameters(name: str, given: str | None) -> dict[str, Any]:
    """Read the parameters of a step; what is not given has its default.

    Args:
        name: a known step's name.
        given: what stands after the colon, None if there is none.

    Raises:
        DataError: if the step takes nothing of the kind.
    """
    read = _READERS.get(name)
    if read is not None:
        return read(given)
    if given is not None:
        raise WishError(f"The cleaning step {name} takes no parameter, not '{excerpt(given, 40)}'.")
    return {}


def written_parameters(name: str, parameters: dict[str, Any]) -> str:
    """Return the parameters as they are written after the name, colon included; "" for defaults."""
    if parameters == read_parameters(name, None):
        return ""
    if "kinds" in parameters:
        return ":" + "+".join(parameters["kinds"])
    numbers = f"+{_ANY_NUMBERS}" if parameters["any_numbers"] else ""
    return f":{parameters['threshold']!r}{numbers}"


def check_threshold(threshold: float) -> float:
    """Return a likeness that near duplicates can be looked for with.

    Raises:
        DataError: if it is not between 0.5 and 1.
    """
    if not LEAST_THRESHOLD <= threshold <= 1:
        raise WishError(_no_threshold(f"{threshold:g}"))
    return threshold


def _near_parameters(given: str | None) -> dict[str, Any]:
    threshold, any_numbers = DEFAULT_THRESHOLD, False
    for part in _parts(given, "near-dedupe"):
        if part == _ANY_NUMBERS:
            any_numbers = True
        else:
            threshold = _threshold(part)
    return {"threshold": threshold, "any_numbers": any_numbers}


def _threshold(text: str) -> float:
    try:
        return check_threshold(float(text))
    except ValueError as error:
        raise WishError(_no_threshold(f"'{excerpt(text, 40)}'")) from error


def _no_threshold(given: str) -> str:
    return (
        "The likeness of near duplicates is the part of their three-word phrases that they share, "
        f"from {LEAST_THRESHOLD:g} to 1 (near-dedupe:0.9), not {given}."
    )


def _secret_parameters(given: str | None) -> dict[str, Any]:
    wished = _parts(given, "mask-secrets") or list(DEFAULT_KINDS)
    for kind in wished:
        if kind not in KINDS:
            raise WishError(_unknown_kind(kind))
    return {"kinds": [kind for kind in KINDS if kind in wished]}


def _unknown_kind(kind: str) -> str:
    import difflib

    close = difflib.get_close_matches(kind.lower(), KINDS, n=1, cutoff=0.4)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return (
        f"There is no kind of secret '{excerpt(kind, 40)}' ({hint}there is: {', '.join(KINDS)}; "
        "several are joined by +)."
    )


def _parts(given: str | None, name: str) -> list[str]:
    if given is None:
        return []
    parts = [part.strip() for part in given.split("+")]
    if not all(parts):
        raise WishError(
            f"'{name}:{excerpt(given, 40)}' lacks a parameter. It takes {BY_NAME[name].parameter}."
        )
    return parts


_READERS: dict[str, Callable[[str | None], dict[str, Any]]] = {
    "near-dedupe": _near_parameters,
    "mask-secrets": _secret_parameters,
}
