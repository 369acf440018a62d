"""Why a model has a tag, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.queries.model_tags import TagMove

Named = Callable[[str], str]
"""Tells what a model is called, by its id."""

_MEASURED = ("cost", "latency")
"""What is told last: it says nothing of how good answers are."""


def move_words(move: TagMove, named: Named) -> str:
    """Say in one line what became of a tag: `prod, moved from support-1: answers better`."""
    words = move.tag if move.given else f"no longer {move.tag}"
    if move.other:
        others = ", ".join(map(named, move.other))
        words += f", moved {'from' if move.given else 'to'} {others}"
    return words if move.reason is None else f"{words}: {move.reason}"


def ground_lines(because: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a recorded comparison says: what of, and a line for each of its figures."""
    yield f"beside {because['name']} ({because['over']}), known at event {because['head']:,}"
    figures = sorted(because["figures"], key=lambda each: each["label"] in _MEASURED)
    for figure in figures:
        yield f"  {figure_words(figure)}"


def figure_words(figure: Mapping[str, Any]) -> str:
    """Say how two models did: `exact_match 0.62 against 0.55: +0.07 [+0.01 to +0.13], p 0.031`."""
    said = f"{figure['label']} {_short(figure['value'])} against {_short(figure['other'])}"
    if figure["difference"] is None:
        return said
    said += f": {signed(figure['difference'])}"
    if figure["low"] is not None and figure["low"] != figure["high"]:
        said += f" [{signed(figure['low'])} to {signed(figure['high'])}]"
    if figure["p"] is not None:
        said += f", p {figure['p']:.2g}"
    if figure["wins"] is not None:
        said += f", {figure['wins']} better, {figure['losses']} worse of {figure['rows']}"
    return said


def signed(value: float) -> str:
    """Return a difference with its sign."""
    return f"{'+' if value > 0 else ''}{_short(value)}"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
