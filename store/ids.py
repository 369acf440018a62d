"""Short, sortable, prefixed ids such as `job_1s8w0qk7fmd`.

Eight characters of milliseconds since 2025 and three of chance, in Crockford's base 32
(crockford.com/base32.html: no i, l, o, u, so that an id can be read aloud). Within a process the
next of two ids is always greater, as in a monotonic ULID (github.com/ulid/spec): several of one
millisecond count up instead of drawing lots. Two processes may draw the same one in 32,768 times of
one millisecond; the first append to a new stream expects version 0 and so refuses the second.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_EPOCH_MS = 1_735_689_600_000


class _Numbers:
    """The numbers behind this process's ids, each greater than the one before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def draw(self) -> int:
        milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MS
        with self._lock:
            self._last = max(self._last + 1, milliseconds << 15 | secrets.randbits(15))
            return self._last


_NUMBERS = _Numbers()


def new_id(prefix: str) -> str:
    """Return a fresh id; ids made later sort later, other processes' to the millisecond."""
    return f"{prefix}_{_base32(_NUMBERS.draw(), 11)}"


def id_of(prefix: str, text: str) -> str:
    """Return the id that stands for something outside, the same whenever it is asked for."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return f"{prefix}_{_base32(int.from_bytes(digest[:8], 'big') >> 9, 11)}"


def _base32(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        digits = _ALPHABET[number & 31] + digits
        number >>= 5
    return digits
