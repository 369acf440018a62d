"""What the headers of an answer tell of rate limits (platform.openai.com, "Rate limits")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_KINDS = ("requests", "tokens")


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be asked for, and how much of it is left.

    Attributes:
        kind: what is counted: requests, or tokens.
        limit: how many there may be in a stretch of time.
        remaining: how many are left of it.
        reset: when all of them are back, in the service's words (`6m0s`), if it tells.
    """

    kind: str
    limit: int
    remaining: int
    reset: str | None

    def __str__(self) -> str:
        back = f", all back in {self.reset}" if self.reset else ""
        return f"{self.remaining:,} of {self.limit:,} {self.kind} left{back}"


def limits_in(headers: Mapping[str, str]) -> Iterator[Limit]:
    """Give the limits that an answer's headers tell of; often there are none.

    Args:
        headers: of the answer, their names in small letters.
    """
    for kind in _KINDS:
        limit = headers.get(f"x-ratelimit-limit-{kind}", "")
        remaining = headers.get(f"x-ratelimit-remaining-{kind}", "")
        if limit.isdecimal() and remaining.isdecimal():
            reset = headers.get(f"x-ratelimit-reset-{kind}")
            yield Limit(kind, int(limit), int(remaining), reset)
