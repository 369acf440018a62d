"""Delete something and be killed at an append: delete_and_die.py HOME files|models NAME CUT.

CUT is `2-before` for the moment before the second append, `1-after` for that after the first, or
`never`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from engine.deleting.files import delete_files, plan_files
from engine.deleting.models import delete_models, plan_models
from engine.lab import Lab
from engine.places import Places
from store.log import EventLog, Write
from store.recorded import Recorded

_append_all = EventLog.append_all


def main(home: Path, kind: str, name: str, cut: str) -> None:
    with Lab(Places(home, home / "ftlab.db"), role="cli") as lab:
        EventLog.append_all = _dying(cut)  # type: ignore[method-assign]
        if kind == "files":
            done = delete_files(lab, plan_files(lab, "openai", [name]))
        else:
            done = delete_models(lab, plan_models(lab, [name], date(2026, 11, 21)))
    for trouble in done.troubles.values():
        raise trouble
    sys.stdout.write(" ".join(ended.outcome for ended in done.ended))


def _dying(cut: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - it stands for a method
    appended = 0

    def append_all(log: EventLog, writes: Iterable[Write]) -> list[Recorded]:
        nonlocal appended
        appended += 1
        _die_at(cut, f"{appended}-before")
        recorded = _append_all(log, writes)
        _die_at(cut, f"{appended}-after")
        return recorded

    return append_all


def _die_at(cut: str, here: str) -> None:
    if cut == here:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
