"""From token ids to text, token by token, without ever taking back what was given out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"

T = TypeVar("T")


class IncrementalDecoder:
    """Decodes a growing sequence of tokens.

    A token's text depends on its neighbours (spaces at joints, characters of several bytes), so
    each step decodes a short window that begins at the last clean boundary and gives out what is
    new in it.

    Attributes:
        begins: where in the whole text that of the last token begins. Within a character of several
            tokens it may lie behind the character, until the last of them tells better.
    """

    def __init__(self, decode: Callable[[list[int]], str]) -> None:
        """Decode with `decode`, which turns token ids into text."""
        self._decode = decode
        self._tokens: list[int] = []
        self._given = 0
        self._length = 0
        self._held = ""
        self.begins = 0

    def add(self, token: int) -> str:
        """Take the next token and return the text that is certain now; empty inside a character."""
        self._tokens.append(token)
        text = self._fresh()
        # What was held back stands unless the token has completed it to something else.
        self.begins = self._length + _shared(self._held, text)
        if not text or text.endswith(_INCOMPLETE):
            self._held = text
            return ""
        self._tokens = self._tokens[self._given :]
        self._given = len(self._tokens)
        self._length += len(text)
        self._held = ""
        return text

    def end(self) -> str:
        """Return what is left, with a replacement character for half a character."""
        text = self._fresh()
        self._given = len(self._tokens)
        return text

    def _fresh(self) -> str:
        before = self._decode(self._tokens[: self._given])
        return self._decode(self._tokens)[len(before) :]


def _shared(one: str, other: str) -> int:
    """The length of the beginning that two texts share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


class WithText(Generic[T]):
    """Holds what belongs to tokens, until the text that its token begins is told.

    A token of whose text a part is told counts as told: it was drawn to say that part.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[int, T]] = []

    def add(self, begins: int, item: T) -> None:
        """Take what belongs to the next token, whose text begins at `begins`."""
        self._waiting.append((begins, item))

    def told(self, length: int) -> tuple[T, ...]:
        """Return what has waited for a text of this length to be told."""
        # A later token may know better where the character began that it shares with earlier ones.
        begun = [n for n, (begins, _) in enumerate(self._waiting, start=1) if begins < length]
        return self._release(begun[-1] if begun else 0)

    def rest(self) -> tuple[T, ...]:
        """Return all that still waits: the answer is told to its end."""
        return self._release(len(self._waiting))

    def _release(self, count: int) -> tuple[T, ...]:
        released, self._waiting = self._waiting[:count], self._waiting[count:]
        return tuple(item for _, item in released)


class StopStrings:
    """Ends a stream of text before the first of several strings, also when one comes in pieces.

    Attributes:
        met: whether one of the strings has come.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = stops
        self._held = ""
        self.met = False

    def pass_on(self, text: str) -> str:
        """Take the next text and return what cannot be part of a stop string."""
        if self.met:
            return ""
        self._held += text
        found = [place for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if found:
            self.met = True
            return self._release(min(found))
        return self._release(len(self._held) - self._possible_beginning())

    def end(self) -> str:
        """Return what was held back in case a stop string had gone on."""
        return "" if self.met else self._release(len(self._held))

    def _release(self, length: int) -> str:
        text, self._held = self._held[:length], self._held[length:]
        return text

    def _possible_beginning(self) -> int:
        """The length of the longest end of the held text that begins a stop string."""
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stops):
                return length
        return 0
