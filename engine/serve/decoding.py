"""From token ids to text, token by token, without ever taking back what was given out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"


class IncrementalDecoder:
    """Decodes a growing sequence of tokens.

    A token's text depends on its neighbours (spaces at joints, characters of several bytes), so
    each step decodes a short window that begins at the last clean boundary and gives out what is
    new in it.
    """

    def __init__(self, decode: Callable[[list[int]], str]) -> None:
        """Decode with `decode`, which turns token ids into text."""
        self._decode = decode
        self._tokens: list[int] = []
        self._given = 0

    def add(self, token: int) -> str:
        """Take the next token and return the text that is certain now; empty inside a character."""
        self._tokens.append(token)
        text = self._fresh()
        if not text or text.endswith(_INCOMPLETE):
            return ""
        self._tokens = self._tokens[self._given :]
        self._given = len(self._tokens)
        return text

    def end(self) -> str:
        """Return what is left, with a replacement character for half a character."""
        text = self._fresh()
        self._given = len(self._tokens)
        return text

    def _fresh(self) -> str:
        before = self._decode(self._tokens[: self._given])
        return self._decode(self._tokens)[len(before) :]


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
