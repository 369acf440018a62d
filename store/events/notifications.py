"""Facts about telling somebody outside ftlab that a job has ended."""

from __future__ import annotations

from typing import Literal

from store.events.fact import Fact

Way = Literal["command", "url"]
"""How somebody is told: by a command of theirs, or by a POST to an address of theirs."""


class NotifyingBegan(Fact):
    """From here on somebody is told of each end of these kinds (`succeeded`, `failed` …).

    Nobody is told of what ended before. `to` is the command's program or the address's host: the
    rest may hold secrets.
    """

    type_name = "NotifyingBegan"
    way: Way
    to: str
    ends: tuple[str, ...]


class NotifyingEnded(Fact):
    """From here on nobody is told in this way any more."""

    type_name = "NotifyingEnded"
    way: Way


class NotificationClaimed(Fact):
    """Somebody is about to be told how the job ended; committed before it is done, and only once.

    `end` is the version of the end in the job's stream, `status` what became of the job there.
    """

    type_name = "NotificationClaimed"
    way: Way
    to: str
    end: int
    status: str


class NotificationSent(Fact):
    """They were told; `outcome` is the answer, `said` the last of what the command printed."""

    type_name = "NotificationSent"
    way: Way
    end: int
    outcome: str
    said: str = ""


class NotificationFailed(Fact):
    """They were not told, as far as anybody knows, and are not told again."""

    type_name = "NotificationFailed"
    way: Way
    end: int
    error: str
    said: str = ""
