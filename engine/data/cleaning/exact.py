"""Digests by which exact duplicates are found."""

from __future__ import annotations

import hashlib
import json

from engine.data.errors import RowError
from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.example import OWN_KEYS, Record, kind_of

DIGEST_BYTES = 16


def example_digest(record: Record) -> bytes:
    """Return 16 bytes that stand for the example: its messages and tools in canonical form.

    Columns beside them do not count.
    """
    own = {key: record[key] for key in OWN_KEYS[kind_of(record)] if key in record}
    return _digest(own)


def prompt_digest(record: Record) -> bytes:
    """Return 16 bytes that stand for what the example asks: all before its last answer."""
    if "messages" not in record:
        return _digest({"messages": record["input"]["messages"]})
    messages = record["messages"]
    answers = [at for at, message in enumerate(messages) if message["role"] == "assistant"]
    return _digest({"messages": messages[: answers[-1]] if answers else messages})


def _digest(own: Record) -> bytes:
    try:
        line = canonical_line(own)
    except RowError:
        # Half a surrogate pair or NaN: no such example is kept, but it can still be told apart.
        line = json.dumps(own).encode()
    return hashlib.blake2b(line, digest_size=DIGEST_BYTES).digest()
