"""One answer while its tokens are drawn: its text, where it ends, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.serve.batching import Tell
from engine.serve.decoding import IncrementalDecoder, StopStrings, WithText
from engine.serve.events import DrawnToken, Finished, GenerationEvent, Piece


class Follower:
    """Sees each token of an answer as it is drawn, tells its text, and says when it is over.

    Args:
        decode: turns token ids into text.
        ends: the ids that end an answer.
        limit: how many tokens it may have.
        stops: the strings before which it ends.
        tell: takes the text, piece by piece.

    Attributes:
        count: the tokens drawn so far.
    """

    def __init__(
        self,
        decode: Callable[[list[int]], str],
        ends: frozenset[int],
        limit: int,
        stops: Sequence[str],
        tell: Tell,
    ) -> None:
        self._decoder = IncrementalDecoder(decode)
        self._ends = ends
        self._limit = limit
        self._stops = StopStrings(stops)
        self._tell = tell
        self._tokens: WithText[DrawnToken] = WithText()
        self._told = 0
        self._ended = False
        self.count = 0

    @property
    def is_over(self) -> bool:
        """Whether there will be no more tokens."""
        return self._ended or self._stops.met or self.count >= self._limit

    def take(self, token: int, look: Callable[[], DrawnToken] | None = None) -> None:
        """Take the next token; `look` tells how likely it was, if that is wanted."""
        self.count += 1
        self._ended = token in self._ends
        if self._ended:
            return
        text = self._decoder.add(token)
        if look is not None:
            self._tokens.add(self._decoder.begins, look())
        self._pass_on(self._stops.pass_on(text))

    def finish(self) -> None:
        """Tell what was held back, and how the answer ended."""
        self._pass_on(self._stops.pass_on(self._decoder.end()) + self._stops.end())
        if not self._stops.met and (rest := self._tokens.rest()):
            self._tell(Piece("", rest))
        stopped = self._ended or self._stops.met
        self._tell(Finished("stop" if stopped else "length", self.count))

    def _pass_on(self, text: str) -> None:
        if text:
            self._told += len(text)
            self._tell(Piece(text, self._tokens.told(self._told)))


class InOnePiece:
    """Holds the pieces of an answer until it is whole, for whoever does not hear them one by one.

    What was begun in vain, and is begun again, is told once then.

    Args:
        tell: takes the answer's text, and how it ended.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._pieces: list[Piece] = []

    def __call__(self, event: GenerationEvent) -> None:
        """Take what happens next."""
        if isinstance(event, Piece):
            self._pieces.append(event)
            return
        text = "".join(piece.text for piece in self._pieces)
        tokens = tuple(token for piece in self._pieces for token in piece.tokens)
        if text or tokens:
            self._tell(Piece(text, tokens))
        self._tell(event)
