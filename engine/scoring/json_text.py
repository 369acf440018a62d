"""Reading an answer as JSON (RFC 8259), strictly."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from engine.scoring.errors import UnscorableError

Json = dict[str, Any] | list[Any] | str | int | float | bool | None

_LONGEST = 1_000_000
"""Characters of an answer."""

_MOST_DIGITS = 300
"""Of a whole number, more than which no other program reads exactly either."""

_FENCE = re.compile(r"\A```[\w+-]*[ \t]*\r?\n(.*)\r?\n```\Z", re.DOTALL)


def read_json(text: str, *, fenced: bool = False) -> Json:
    """Return what an answer says in JSON.

    Args:
        text: the answer, with space around it or not.
        fenced: whether it may stand in a Markdown code block that is the whole answer.

    Raises:
        ValueError: if it is no JSON, in words; NaN and Infinity are none.
        UnscorableError: if it is too long to be read.
    """
    if len(text) > _LONGEST:
        raise UnscorableError(f"an answer of more than {_LONGEST:,} characters is not read as JSON")
    stripped = text.strip()
    block = _FENCE.match(stripped) if fenced else None
    try:
        value: Json = json.loads(
            block[1] if block else stripped, parse_constant=_refuse, parse_int=_whole_number
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)
