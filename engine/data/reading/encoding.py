"""Which encoding a text is in, and how it becomes UTF-8 whatever is wrong in it.

A text of another encoding is decoded and encoded as UTF-8, so that there is one way to read each
format. A byte that does not fit becomes 0xFF, which occurs in no UTF-8: the row that holds it is
told as bad, like one with a byte that is not UTF-8.
"""

from __future__ import annotations

import codecs
import encodings.aliases
import io
from contextlib import suppress
from typing import TYPE_CHECKING

from engine.data.errors import DataError
from engine.data.reading.choice import likeliest
from engine.data.reading.extras import needed_for
from engine.data.reading.rows import excerpt
from engine.data.reading.streams import BUFFER_BYTES, Stream

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from charset_normalizer import CharsetMatch

UTF_8 = "utf-8"
BYTE_ORDER_MARK = codecs.BOM_UTF8

_MARKS = {
    # The mark of UTF-32 in little-endian order begins with that of UTF-16.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_LIKELY = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("koi8_r", "mac_roman", "cp932", "euc_jp", "gb18030", "big5", "cp949"),
    *("utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"),
]
"""What files are found in. Among all the encodings there are, rare ones too often fit by chance."""

_WESTERN = "cp1252"
_FEW = 4
"""With fewer bytes beyond ASCII than this, nothing but how common an encoding is can decide."""

_MANY = 0.4
_FEW_OF_ALL = 0.02
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_SAMPLE_BYTES = 64 * 1024
_CLOSE = 0.01
_MARK_BAD = "ftlab.mark_bad"


def checked_encoding(wish: str) -> str:
    """Return the encoding's name as Python writes it.

    Raises:
        DataError: if there is none of that name.
    """
    try:
        # Some codecs turn bytes into bytes (`hex`): those are refused by this, not by a look-up.
        with suppress(UnicodeError):
            b"a".decode(wish)
        return codecs.lookup(wish).name
    except (LookupError, ValueError) as error:
        known = sorted(set(encodings.aliases.aliases.values()))
        raise DataError(
            f"There is no encoding '{excerpt(wish, 40)}'{likeliest(wish, known)}. "
            "Common ones are utf-8, utf-16, cp1252, latin-1, shift_jis and gb18030."
        ) from error


def detected_encoding(head: bytes, *, cut: bool) -> str:
    """Return the encoding of a text.

    It is told from a byte order mark, or UTF-8 if more of what is beyond ASCII is UTF-8 than is
    not. Else it is what charset-normalizer finds, from how messy and how much like a language the
    text looks in each encoding; of those that look alike, the Western European one.

    Args:
        head: the text's first bytes.
        cut: whether there is more than these.

    Raises:
        DataError: if the library is needed and not installed.
    """
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        wide = _utf16_without_mark(head)
        if wide is not None:
            return wide
    valid, wrong = _utf8_or_not(head, cut=cut)
    if not wrong or valid >= wrong:
        return UTF_8
    sample = head[: _SAMPLE_BYTES // 4 * 4]
    if b"\0" not in sample and len(sample) - len(sample.translate(None, _BEYOND_ASCII)) < _FEW:
        return _WESTERN
    with needed_for("Files that are not UTF-8"):
        from charset_normalizer import from_bytes
    matches = list(from_bytes(sample, cp_isolation=_LIKELY))
    return codecs.lookup(_best(matches)).name if matches else UTF_8


def _best(matches: list[CharsetMatch]) -> str:
    first = matches[0]
    alike = [
        match
        for match in matches
        if match.chaos <= first.chaos + _CLOSE and match.coherence >= first.coherence
    ]
    best = max(alike, key=lambda match: (match.coherence, _WESTERN in _names(match)))
    return _WESTERN if _WESTERN in _names(best) else best.encoding


def _names(match: CharsetMatch) -> list[str]:
    """Return the encodings in which the sample is the very same text."""
    return match.could_be_from_charset


def _utf16_without_mark(head: bytes) -> str | None:
    """Tell UTF-16 from where its zero bytes are: in most letters that ASCII has too, one is."""
    first, second = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if second > _MANY * half and first < _FEW_OF_ALL * half:
        return "utf-16-le"
    if first > _MANY * half and second < _FEW_OF_ALL * half:
        return "utf-16-be"
    return None


def _utf8_or_not(head: bytes, *, cut: bool) -> tuple[int, int]:
    """Count the characters beyond ASCII that are UTF-8, and the bytes that are not.

    Where nothing is wrong, they are not counted.
    """
    with suppress(UnicodeDecodeError):
        codecs.getincrementaldecoder(UTF_8)().decode(head, not cut)
        return 0, 0
    text = codecs.getincrementaldecoder(UTF_8)("surrogateescape").decode(head, not cut)
    beyond = [character for character in text if character >= "\x80"]
    wrong = sum("\udc80" <= character <= "\udcff" for character in beyond)
    return len(beyond) - wrong, wrong


class Decoded(io.RawIOBase):
    """A text of any encoding as UTF-8, without a byte order mark.

    Args:
        stream: the text's bytes.
        encoding: its encoding.
        name: the file, for messages.
    """

    def __init__(self, stream: Stream, encoding: str, name: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._name = name
        self._decoder = codecs.getincrementaldecoder(encoding)(_MARK_BAD)
        self._started = False
        self._ended = False
        self._out = memoryview(b"")

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with what comes next, at least one byte before the end.

        Raises:
            DataError: if the codec gives up.
        """
        while not self._out and not self._ended:
            self._out = memoryview(self._decoded())
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._out))
        view[:count] = self._out[:count]
        self._out = self._out[count:]
        return count

    def _decoded(self) -> bytes:
        data = self._stream.read(BUFFER_BYTES)
        self._ended = not data
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeError as error:
            raise DataError(
                f"{self._name} cannot be read as {self._encoding}: {excerpt(str(error))}."
            ) from error
        if text and not self._started:
            self._started = True
            text = text.removeprefix("\ufeff")
        return text.encode(UTF_8, _MARK_BAD)


def _marked(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    if isinstance(error, UnicodeEncodeError):
        return b"\xff" * (error.end - error.start), error.end
    raise error


codecs.register_error(_MARK_BAD, _marked)
