"""An event as it stands in the log: the envelope and the exact text of its data."""

from __future__ import annotations

from typing import Any, NamedTuple

COLUMNS = "seq, stream, version, type, schema, at, occurred, actor, cause, key, data, hash"
"""The columns of the event table, in the order of `Recorded`."""


class Recorded(NamedTuple):
    """A row of the event table.

    Attributes:
        seq: place in the whole log, from 1, without gaps.
        stream: what it tells of, such as `job/job_1s8w0qk7fmd`.
        version: place in its stream, from 1.
        type: the event type's recorded name.
        schema: the number of the type's fields when it was recorded.
        at: when it was recorded (UTC text).
        occurred: when it happened, by the source's clock.
        actor: who or what recorded it.
        cause: the seq of the event that led to it.
        key: its natural key, for a fact from outside.
        data: the fact, as JSON text.
        hash: the chain's hash up to here.
    """

    seq: int
    stream: str
    version: int
    type: str
    schema: int
    at: str
    occurred: str
    actor: str
    cause: int | None
    key: str | None
    data: str
    hash: bytes

    def as_json(self) -> dict[str, Any]:
        """Return the event as one JSON object, its data unpacked, its hash in hexadecimal."""
        import json

        return {**self._asdict(), "data": json.loads(self.data), "hash": self.hash.hex()}
