"""What is wrong with a piece of JSON that the parser refused, in plain words and with the place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from engine.data.reading.encoding import UTF_8

_PLACE = re.compile(r" at line (\d+) column (\d+)$")


def fault(data: bytes, message: str, encoding: str, where: Callable[[int], str]) -> str:
    """Return what is wrong, as a clause ("is cut off …").

    Args:
        data: the JSON value as it stands.
        message: what the parser said.
        encoding: the encoding of the file that it comes from.
        where: words for the place of a byte of the data.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if encoding != UTF_8:
            return f"has a byte that is not {encoding} {where(error.start)}"
        return f"is not UTF-8: byte 0x{data[error.start]:02x} {where(error.start)}"
    if _has_lone_surrogate(text):
        return "has half of a surrogate pair (\\ud800 to \\udfff alone), which is no character"
    if message.startswith("EOF while parsing"):
        return "is cut off: it ends in the middle of a JSON value"
    place = _PLACE.search(message)
    if place is None:
        return f"is not valid JSON: {message}"
    return f"is not valid JSON: {message[: place.start()]} {where(_offset(data, place))}"


def spot(data: bytes, offset: int, encoding: str, before: int = 0) -> str:
    """Name a byte of a line by its number from 1; in other encodings than UTF-8, a character.

    Args:
        data: the line, or the rest of it.
        offset: where the byte is in the data.
        encoding: the encoding of the file.
        before: how many bytes of the line come before the data.
    """
    if encoding == UTF_8:
        return f"byte {before + offset + 1}"
    return f"character {before + len(data[:offset].decode(UTF_8, 'replace')) + 1}"


def _offset(data: bytes, place: re.Match[str]) -> int:
    line, column = map(int, place.groups())
    start = 0
    for _ in range(line - 1):
        start = data.index(b"\n", start) + 1
    return start + max(column - 1, 0)


def _has_lone_surrogate(text: str) -> bool:
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False
