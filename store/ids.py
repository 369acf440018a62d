"""Short, sortable, prefixed ids such as `job_1s8w0qk7fmd`.

Eight characters of milliseconds since 2025 and three of chance, in Crockford's base 32
(crockford.com/base32.html: no i, l, o, u, so that an id can be read aloud).
"""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_EPOCH_MS = 1_735_689_600_000


def new_id(prefix: str) -> str:
    """Return a fresh id; ids made later sort later, to the millisecond."""
    milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MS
    return f"{prefix}_{_base32(milliseconds, 8)}{_base32(secrets.randbits(15), 3)}"


def _base32(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        digits = _ALPHABET[number & 31] + digits
        number >>= 5
    return digits
