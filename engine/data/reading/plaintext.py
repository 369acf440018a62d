"""Rows out of plain text: a paragraph, a line, or so many tokens each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from engine.data.errors import DataError
from engine.data.reading.lines import Lines
from engine.data.reading.options import ReadingOptions
from engine.data.reading.reader import RowReader
from engine.data.reading.rows import BadRow, Row, excerpt
from engine.data.reading.source import Source

CHUNKS = ("paragraph", "line", "tokens:N")
_TOKENS = re.compile(r"tokens:([1-9]\d{0,8})")
_PIECE_CHARACTERS = 64 * 1024
_BOUNDARIES = ("\n\n", "\n", ". ", " ")
_ADVICE = "Make shorter rows of it: --chunk tokens:N."

CountTokens = Callable[[str], int]


class PlainText(RowReader):
    """The rows of a text, each `{"text": ...}`, with the line on which it starts.

    Paragraphs stand between blank lines. With `tokens:N` a row is as much as comes to no more than
    N tokens, cut at the end of a paragraph, line, sentence or word if possible. Line breaks around
    a row are dropped.

    Args:
        source: the opened file.
        options: the `chunk`, a paragraph if it is left out, and how tokens are counted.

    Raises:
        DataError: if there is no such chunk, or tokens cannot be counted.
    """

    def __init__(self, source: Source, options: ReadingOptions) -> None:
        self._chunk = options.chunk or "paragraph"
        self._most, self._count = _tokens(self._chunk, options.count_tokens)
        self._lines = Lines(source, _ADVICE)
        super().__init__(source, ("text",), "line")

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in the file's order.

        Raises:
            DataError: if a row is longer than any row may be.
        """
        if self._chunk == "paragraph":
            return self._paragraphs()
        if self._chunk == "line":
            return self._each_line()
        return self._packed()

    def _paragraphs(self) -> Iterator[Row]:
        lines = self._lines
        paragraph: list[str] = []
        for line in lines:
            if line.strip():
                paragraph.append(line)
                continue
            if paragraph:
                yield self._row(paragraph)
                paragraph = []
            lines.begin()
        if paragraph:
            yield self._row(paragraph)

    def _each_line(self) -> Iterator[Row]:
        for line in self._lines:
            if line.strip():
                yield self._row([line])
            self._lines.begin()

    def _row(self, lines: list[str]) -> Row:
        if self._lines.fault:
            return Row(self._lines.start, BadRow(self._lines.fault, excerpt(self._lines.first)))
        text = "".join(lines).replace("\r\n", "\n").replace("\r", "\n")
        return Row(self._lines.start, {"text": text.strip("\n")})

    def _packed(self) -> Iterator[Row]:
        """Give rows of as many pieces as fit, a row for each line that cannot be read between."""
        pack = _Pack(self._most, self._count)
        for line in self._lines.pieces(_PIECE_CHARACTERS):
            if self._lines.fault:
                yield from pack.emptied()
                yield self._row([line])
            else:
                yield from pack.filled(self._lines.start, line.replace("\r\n", "\n"))
        yield from pack.emptied()


class _Pack:
    """A row that is filled piece by piece until the next one would be too much.

    Args:
        most: the most tokens of a row.
        count: counts the tokens of a text.
    """

    def __init__(self, most: int, count: CountTokens) -> None:
        self._most = most
        self._count = count
        self._line = 0
        self._text = ""
        self._tokens = 0

    def filled(self, number: int, line: str) -> Iterator[Row]:
        """Put a line in, and give the rows that are full."""
        for piece, tokens in cut(line, self._most, self._count):
            if self._tokens + tokens > self._most:
                yield from self.emptied()
            if not self._text.strip():
                self._line = number
            self._text += piece
            self._tokens += tokens

    def emptied(self) -> Iterator[Row]:
        """Give what is left, if anything."""
        text, self._text, self._tokens = self._text.strip("\n"), "", 0
        if text.strip():
            # Pieces come to as many tokens together as alone, or fewer; where that does not hold,
            # they are cut once more.
            for piece, _ in cut(text, self._most, self._count):
                yield Row(self._line, {"text": piece})


def cut(text: str, most: int, count: CountTokens) -> Iterator[tuple[str, int]]:
    """Cut a text into pieces of at most so many tokens, at the best places that there are.

    Args:
        text: the text; its pieces together are all of it.
        most: the most tokens of a piece; a single character may be more.
        count: counts the tokens of a text.

    Returns:
        The pieces, each with its tokens.
    """
    tokens = count(text)
    if len(text) <= 1 or tokens <= most:
        yield text, tokens
        return
    middle = _place_to_cut(text)
    yield from cut(text[:middle], most, count)
    yield from cut(text[middle:], most, count)


def _place_to_cut(text: str) -> int:
    """Return the place nearest to the middle behind the best boundary in the text."""
    half = len(text) // 2
    for boundary in _BOUNDARIES:
        places = (
            text.rfind(boundary, 0, half) + len(boundary),
            text.find(boundary, half) + len(boundary),
        )
        inside = [place for place in places if len(boundary) < place < len(text)]
        if inside:
            return min(inside, key=lambda place: abs(place - half))
    return half


def _tokens(chunk: str, count: CountTokens | None) -> tuple[int, CountTokens]:
    """Return the most tokens of a row and how to count them; 0 if tokens do not matter."""
    if chunk in ("paragraph", "line"):
        return 0, len
    wish = _TOKENS.fullmatch(chunk)
    if wish is None:
        raise DataError(
            f"There is no chunk '{excerpt(chunk, 40)}'. A row of a text can be one of: "
            f"{', '.join(CHUNKS)} (for instance --chunk tokens:512)."
        )
    if count is None:
        raise DataError(f"Tokens cannot be counted here, so '{chunk}' is no possible chunk.")
    return int(wish.group(1)), count
