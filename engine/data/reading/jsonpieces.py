"""A JSON text cut into its values, without building anything of them.

There are streaming JSON parsers, but none that fits. Of ijson 3.6, the best known, this was seen:
it reads half of a surrogate pair as a question mark and says nothing, its first error ends the
reading, and a hundred thousand opening brackets take gigabytes. Here only brackets and strings are
looked at, to find where a value ends; each value is then parsed like a line of JSON Lines, so that
numbers, faults and limits are the same in both formats, and a broken value leaves the next alone.
"""

from __future__ import annotations

import re

from engine.data.errors import DataError
from engine.data.reading.rows import MAX_ROW_BYTES
from engine.data.reading.streams import BUFFER_BYTES, Stream

_SPACE = re.compile(rb"[ \t\r\n]*")
_WORD = re.compile(rb'[^ \t\r\n,:\[\]{}"]*')
# A quote alone opens a string whose end has not been read yet.
_BRACKET_OR_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_QUOTE = ord('"')
_OPENING = b"[{"
_CLOSING = b"]}"


class JsonPieces:
    """A place in a JSON text, which moves from piece to piece.

    Args:
        stream: the text, in UTF-8.
        name: the file, for messages.

    Attributes:
        line: the line on which the place is, from 1.
        column: the byte of that line at which it is, from 0.
    """

    def __init__(self, stream: Stream, name: str) -> None:
        self._stream = stream
        self._name = name
        self._buffer = b""
        self._at = 0
        self.line = 1
        self.column = 0

    def peek(self) -> bytes:
        """Go on to the next byte that is no white space and return it; nothing at the end."""
        while True:
            here = self._buffer[self._at : self._at + 1]
            if here and here not in b" \t\r\n":
                return here
            space = _SPACE.match(self._buffer, self._at)
            self._go_to(space.end() if space else self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._read_on():
                return b""

    def take(self) -> None:
        """Go past the byte that `peek` has returned."""
        self._go_to(self._at + 1)

    def value(self) -> bytes:
        """Go past the value that begins here and return it; one that the end cuts off too.

        Only to be called where `peek` returned what can begin a value: no comma, colon or closing
        bracket.

        Raises:
            DataError: if the value is so long that nobody can tell where the next one starts.
        """
        begins = self._buffer[self._at]
        end = self._end() if begins == _QUOTE or begins in _OPENING else self._word_end()
        value = self._buffer[self._at : end]
        self._go_to(end)
        return value

    def _end(self) -> int:
        """Return where the string, list or object ends that begins here."""
        at, depth = self._at, 0
        while True:
            buffer = self._buffer
            for token in _BRACKET_OR_STRING.finditer(buffer, at):
                at, end = token.span()
                mark = buffer[at]
                if mark in _OPENING:
                    depth += 1
                elif mark in _CLOSING:
                    depth -= 1
                elif end - at == 1:
                    break
                at = end
                if not depth:
                    return end
            else:
                at = len(buffer)
            at -= self._at
            if not self._read_on():
                return len(self._buffer)
            at += self._at

    def _word_end(self) -> int:
        at = self._at
        while True:
            word = _WORD.match(self._buffer, at)
            at = word.end() if word else at
            if at < len(self._buffer):
                return at
            at -= self._at
            if not self._read_on():
                return len(self._buffer)
            at += self._at

    def _go_to(self, at: int) -> None:
        lines = self._buffer.count(b"\n", self._at, at)
        if lines:
            self.line += lines
            self.column = at - self._buffer.rindex(b"\n", self._at, at) - 1
        else:
            self.column += at - self._at
        self._at = at

    def _read_on(self) -> bool:
        """Read more behind the place; the place is at the start of the buffer then."""
        rest = self._buffer[self._at :]
        if len(rest) >= MAX_ROW_BYTES:
            raise DataError(
                f"{self._name}, line {self.line}: a value is longer than {MAX_ROW_BYTES >> 20} "
                "MiB. Perhaps a bracket or quote that it opens is never closed: mend it."
            )
        # As much again, so that a long value is not looked through more than twice.
        more = self._stream.read(max(BUFFER_BYTES, len(rest)))
        self._buffer, self._at = rest + more, 0
        return bool(more)
