"""Running many looks at once, each within its time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.doctor.finding import Finding


@dataclass(frozen=True, slots=True)
class Probe:
    """A look at one thing.

    Attributes:
        subject: whose thing it is.
        name: what is looked at.
        look: gives what it finds, as it finds it.
        seconds: the longest that it may take.
    """

    subject: str
    name: str
    look: Callable[[], Iterator[Finding]]
    seconds: float = 10.0


def examine(
    probes: Sequence[Probe], progress: Callable[[int, int], None] | None = None
) -> list[Finding]:
    """Return what all probes find, in their order; one that takes too long is left behind.

    Args:
        probes: the looks, done at the same time.
        progress: told of how many are done, and how many there are.
    """
    begun = time.monotonic()
    looks = [_Look(probe) for probe in probes]
    findings: list[Finding] = []
    for done, look in enumerate(looks, start=1):
        findings += look.outcome(begun)
        if progress is not None:
            progress(done, len(looks))
    return findings


class _Look:
    """One probe on a thread of its own, which nobody waits for when its time is over.

    A name that is resolved or a network folder that is asked cannot be interrupted: hence a daemon
    thread, and no asyncio, whose loop would wait for it at its end.
    """

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._found: list[Finding] = []
        self._thread = threading.Thread(target=self._run, name="doctor", daemon=True)
        self._thread.start()

    def outcome(self, begun: float) -> list[Finding]:
        left = begun + self._probe.seconds - time.monotonic()
        self._thread.join(max(0.0, left))
        if self._thread.is_alive():
            late = f"did not come to an end within {self._probe.seconds:.0f} s"
            return [*self._found, self._failure(late)]
        return self._found

    def _run(self) -> None:
        try:
            for finding in self._probe.look():
                self._found.append(finding)
        except OSError as error:
            where = f"{os.fsdecode(error.filename)}: " if error.filename is not None else ""
            self._found.append(self._failure(f"{where}{error.strerror or type(error).__name__}"))
        except Exception as error:  # noqa: BLE001 - a fault in one check must not hide the others
            # Its kind alone: nobody knows what the words of an unforeseen error hold.
            self._found.append(self._failure(f"this check itself failed ({type(error).__name__})"))

    def _failure(self, what: str) -> Finding:
        return Finding(self._probe.subject, self._probe.name, "failure", what)
