"""What came in, for tests to look at afterwards."""

from __future__ import annotations

import time

from tests.standin.authorization import key_of
from tests.standin.calls import Call, Exchange, to_exchange
from tests.standin.injection import path_pattern


class Record:
    """All exchanges so far, in the order in which the requests came.

    Attributes:
        requests: them.
        violations: what was wrong with requests by the published types, one sentence each.
        secrets: the keys that requests showed, in the same order as the requests; None without.
    """

    def __init__(self) -> None:
        self.requests: list[Exchange] = []
        self.violations: list[str] = []
        self.secrets: list[str | None] = []
        self._began = time.monotonic()

    def begin(self, call: Call) -> Exchange:
        """Record that a request came."""
        exchange = to_exchange(call, time.monotonic() - self._began)
        self.requests.append(exchange)
        self.secrets.append(key_of(call))
        return exchange

    def blame(self, call: Call, problems: list[str]) -> None:
        """Record what is wrong with a request."""
        where = f"{call.method} {call.path}"
        self.violations += [f"{where}: {problem}" for problem in problems]

    def find(self, method: str, path: str, status: int | None = None) -> list[Exchange]:
        """Return the exchanges of a method and a path with `*` and `**` (see `path_pattern`)."""
        pattern = path_pattern(path)
        return [
            exchange
            for exchange in self.requests
            if method in {"*", exchange.method}
            and pattern.fullmatch(exchange.path)
            and status in {None, exchange.status}
        ]
