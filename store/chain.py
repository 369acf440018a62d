"""The hash chain that makes the log's history evident.

hash = SHA-256(previous hash, seq, stream, version, type, schema, at, occurred, actor, cause, key,
data), where every field goes in as a netstring (its length in bytes, a colon, the bytes; see
cr.yp.to/proto/netstrings.txt) and an absent one as `-`, so that no two rows read the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

GENESIS = bytes(32)
"""What stands for the previous hash before the first event."""

FIELDS = "seq, stream, version, type, schema, at, occurred, actor, cause, key, data"
"""The hashed columns of the event table, in their order."""


def chain_hash(previous: bytes, fields: Sequence[int | str | bytes | None]) -> bytes:
    """Return the hash of an event row.

    Args:
        previous: the hash of the row before (`GENESIS` for the first).
        fields: the row's values in the order of `FIELDS`.
    """
    digest = hashlib.sha256(previous)
    for field in fields:
        if field is None:
            digest.update(b"-")
            continue
        raw = field if isinstance(field, bytes) else str(field).encode()
        digest.update(b"%d:" % len(raw))
        digest.update(raw)
    return digest.digest()
