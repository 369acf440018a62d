"""The difference of two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Mark = Literal["same", "removed", "added"]

_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
_MOST_COMPARED = 1_000_000
"""Pairs of words that are compared at most; beyond that the whole middle is another text."""


class Span(NamedTuple):
    """A stretch of text.

    Attributes:
        mark: whether both texts have it, or only the one before or after.
        text: the stretch.
    """

    mark: Mark
    text: str


def word_spans(before: str, after: str) -> list[Span]:
    """Return the stretches of both texts, in order; no two neighbours have the same mark.

    Those that are the same and removed make up `before`, those that are the same and added `after`.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    spans: list[Span] = []
    for mark, words in _stretches(old, new):
        if words and spans and spans[-1].mark == mark:
            spans[-1] = Span(mark, spans[-1].text + "".join(words))
        elif words:
            spans.append(Span(mark, "".join(words)))
    return spans


def _stretches(old: list[str], new: list[str]) -> Iterator[tuple[Mark, list[str]]]:
    # Most texts differ in one place: what is the same around it need not be compared.
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    old_end, new_end = len(old) - end, len(new) - end
    yield "same", old[:start]
    yield from _compared(old[start:old_end], new[start:new_end])
    yield "same", old[old_end:]


def _compared(old: list[str], new: list[str]) -> Iterator[tuple[Mark, list[str]]]:
    if not old or not new or len(old) * len(new) > _MOST_COMPARED:
        yield "removed", old
        yield "added", new
        return
    import difflib

    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield "same", old[old_start:old_end]
        else:
            yield "removed", old[old_start:old_end]
            yield "added", new[new_start:new_end]


def _shared(old: list[str], new: list[str]) -> int:
    """Return how many words at the beginning are the same."""
    for number, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return number
    return min(len(old), len(new))
