"""What a look at one thing found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "failure"]

MACHINE = "this machine"
"""The subject of what belongs to no profile."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one thing found.

    Attributes:
        subject: whose thing it is: `this machine`, or the name of a profile.
        name: what was looked at.
        status: how it stands: a warning is something that will do for now.
        what: what was found, in plain words; never a key.
        advice: what to do about it; None if there is nothing to do.
    """

    subject: str
    name: str
    status: Status
    what: str
    advice: str | None = None
