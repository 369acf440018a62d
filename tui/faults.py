"""Telling one unexpected error from a storm of them."""

from __future__ import annotations

import traceback
from collections import deque
from enum import Enum, auto

STORM_OF_ONE = 10
"""So often the same error within `WITHIN_SECONDS` is a storm: it comes with every frame."""

STORM_OF_ANY = 40
"""So many errors of whatever kind are one, too."""

WITHIN_SECONDS = 5.0
QUIET_SECONDS = 30.0
"""How long nothing is said of an error that was told already."""

_Fault = tuple[str, str, int]


class Verdict(Enum):
    """What an error means for the app."""

    NEW = auto()
    """It did not happen before: tell it in full."""
    AGAIN = auto()
    """It is known, and was not told for a while: remind of it."""
    KNOWN = auto()
    """It was told a moment ago."""
    STORM = auto()
    """It will not end by itself."""


class Faults:
    """The errors of a session, as far as they decide what comes next."""

    def __init__(self) -> None:
        self._told: dict[_Fault, float] = {}
        self._recent: deque[tuple[float, _Fault]] = deque()

    def happened(self, error: BaseException, moment: float) -> Verdict:
        """Count an error.

        Args:
            error: what was raised.
            moment: seconds of a clock that only goes forward.
        """
        fault = _kind(error)
        self._recent.append((moment, fault))
        while self._recent[0][0] < moment - WITHIN_SECONDS:
            self._recent.popleft()
        same = sum(1 for _, other in self._recent if other == fault)
        if same >= STORM_OF_ONE or len(self._recent) >= STORM_OF_ANY:
            return Verdict.STORM
        told = self._told.get(fault)
        if told is not None and moment - told < QUIET_SECONDS:
            return Verdict.KNOWN
        self._told[fault] = moment
        return Verdict.NEW if told is None else Verdict.AGAIN


def _kind(error: BaseException) -> _Fault:
    """Return what makes an error the same as another: its class, and where it was raised."""
    name, frames = type(error).__name__, traceback.extract_tb(error.__traceback__)
    return (name, frames[-1].filename, frames[-1].lineno or 0) if frames else (name, "", 0)
