"""The pieces of a streamed answer, made fit to be shown and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.keys import Key

_HIDDEN = "[key]"
_LEAST_KEY = 16
"""Characters of a key that is one: a shorter word, as servers at home have, occurs in answers."""

_LEAST_HELD = 2
"""Characters of a key's beginning that are waited with: a single one ends many a word."""


class Pieces:
    """What has come of an answer, where one piece may hold what only the next one makes whole.

    Services cut their JSON anywhere: half a character (a surrogate) comes in one piece and its
    other half in the next. And a server that repeats the headers of a request repeats the key.

    Args:
        key: what no piece may hold; None if there is nothing to hide.
    """

    def __init__(self, key: Key | None) -> None:
        self._key = key
        self._held = ""

    def take(self, piece: str) -> str:
        """Take in a piece and give what is whole of it and of what was held back."""
        text = self.hidden(self._held + piece)
        whole = len(text) - self._unfinished(text)
        self._held = text[whole:]
        return _without_halves(text[:whole])

    def rest(self) -> str:
        """Give what is still held back, at the end of the answer."""
        text, self._held = self._held, ""
        return _without_halves(text)

    def hidden(self, text: str) -> str:
        """Return a text without the key."""
        secret = self._secret()
        return text.replace(secret, _HIDDEN) if secret else text

    def _unfinished(self, text: str) -> int:
        """Return how many of the last characters may be the beginning of something."""
        secret = self._secret()
        for length in range(min(len(secret) - 1, len(text)), _LEAST_HELD - 1, -1):
            if secret.startswith(text[-length:]):
                return length
        return 1 if "\ud800" <= text[-1:] <= "\udbff" else 0

    def _secret(self) -> str:
        text = self._key.reveal() if self._key else ""
        return text if len(text) >= _LEAST_KEY else ""


def _without_halves(text: str) -> str:
    """Return a text whose halves of characters are joined; one without its other half is �."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
