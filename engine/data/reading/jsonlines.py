"""Rows out of JSON Lines: one JSON object a line (jsonlines.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from engine.data.reading.rows import MAX_ROW_BYTES, BadRow, Row, excerpt, kind_of
from engine.data.reading.source import Source

_PLACE = re.compile(r" at line 1 column (\d+)$")


class JsonLines:
    """The rows of a JSON Lines file, blank lines left out.

    Numbers keep their precision as Python reads them; of a key given twice the last one counts.

    Args:
        source: the opened file.

    Attributes:
        columns: the fields seen in the file's first rows; empty if none could be read.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.columns = _fields(source)

    def __iter__(self) -> Iterator[Row]:
        readline, parsed = self._source.stream.readline, _parser()
        line = 0
        while data := readline(MAX_ROW_BYTES):
            line += 1
            if len(data) == MAX_ROW_BYTES and not data.endswith(b"\n"):
                value: dict[str, Any] | BadRow | None = self._too_long(data)
            else:
                value = parsed(data)
            if value is not None:
                yield Row(line, value)

    def _too_long(self, data: bytes) -> BadRow | None:
        rest = data
        while rest and not rest.endswith(b"\n"):
            rest = self._source.stream.readline(MAX_ROW_BYTES)
        return BadRow(f"is longer than {MAX_ROW_BYTES >> 20} MiB", excerpt(data))


def _parser() -> Callable[[bytes], dict[str, Any] | BadRow | None]:
    """Return what reads a line: its object, what is wrong with it, or None for a blank line."""
    # Measured: four times as fast as json.loads, and unlike orjson it keeps integers of any size.
    from pydantic_core import from_json

    def parsed(data: bytes) -> dict[str, Any] | BadRow | None:
        line = data.rstrip(b"\r\n")
        try:
            value = from_json(line, cache_strings="keys")
        except ValueError as error:
            blank = not line.strip()
            return None if blank else BadRow(_fault(line, str(error)), excerpt(line.strip()))
        if isinstance(value, dict):
            return value
        return BadRow(f"is {kind_of(value)}, not a JSON object", excerpt(line.strip()))

    return parsed


def _fault(line: bytes, message: str) -> str:
    """Say what is wrong with a line that the JSON parser refused with this message."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return f"is not UTF-8: byte 0x{line[error.start]:02x} at byte {error.start + 1} of the line"
    if _has_lone_surrogate(text):
        return "has half of a surrogate pair (\\ud800 to \\udfff alone), which is no character"
    if message.startswith("EOF while parsing"):
        return "is cut off: it ends in the middle of a JSON value"
    return "is not valid JSON: " + _PLACE.sub(r" at byte \1 of the line", message)


def _has_lone_surrogate(text: str) -> bool:
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _fields(source: Source) -> tuple[str, ...]:
    lines = source.head.split(b"\n")
    whole_lines = lines if source.whole else lines[:-1]
    rows = map(_parser(), whole_lines)
    return tuple(dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row))
