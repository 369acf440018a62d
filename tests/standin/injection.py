"""Faults and the requests that they are for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.standin.calls import Call
from tests.standin.replies import Delivery, Reply

Change = Callable[[Call, Reply], Reply]


@dataclass(frozen=True)
class Fault:
    """One way in which an exchange goes wrong.

    Attributes:
        instead: the answer that comes in the place of any action, or None where it is done.
        change: what becomes of the right answer, or None.
        delivery: how the answer goes over the wire, or None for as it should.
    """

    instead: Reply | None = None
    change: Change | None = None
    delivery: Delivery | None = None

    def spoil(self, call: Call, reply: Reply) -> Reply:
        """Return what becomes of an answer."""
        changed = self.change(call, reply) if self.change else reply
        return replace(changed, delivery=self.delivery) if self.delivery else changed


class Injection:
    """A fault and the requests that it is for.

    Attributes:
        met: how many requests it has spoilt.
    """

    def __init__(
        self, fault: Fault, method: str, path: str, *, times: int | None, after: int
    ) -> None:
        """See `Standin.inject`."""
        self.met = 0
        self._fault = fault
        self._method = method
        self._path = path_pattern(path)
        self._left = times
        self._spared = after

    def take(self, call: Call) -> Fault | None:
        """Return the fault if this request is one that it is for."""
        if not self._matches(call) or self._left == 0:
            return None
        if self._spared:
            self._spared -= 1
            return None
        if self._left is not None:
            self._left -= 1
        self.met += 1
        return self._fault

    def lift(self) -> None:
        """Spoil no more requests."""
        self._left = 0

    def _matches(self, call: Call) -> bool:
        right_method = self._method in {"*", call.method}
        return right_method and self._path.fullmatch(call.path) is not None


def path_pattern(path: str) -> re.Pattern[str]:
    """Read a path where `*` stands for one segment and `**` for any number of them."""
    pieces = re.split(r"(\*\*|\*)", path)
    meant = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(meant.get(piece) or re.escape(piece) for piece in pieces))
