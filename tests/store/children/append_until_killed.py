"""Append and tell each acknowledged batch, in one forked process after the other.

Started by the tests, which kill the forked ones. It loads everything once and forks for every
round, so that a round takes milliseconds. What it prints: `round PID`, then `acknowledged BATCH
SEQ` as often as a batch was recorded, and `ended PID` when the forked process is dead.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from store.database import Database
from store.events import (
    ChatOpened,
    ChatTurnRecorded,
    JobMessageReceived,
    MetricGroup,
    MetricsRecorded,
    StepRange,
)
from store.log import EventLog, Write


def main(path: Path) -> None:
    """Fork a process for every line that comes in."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _append_for_ever(path, int(line))
        os.waitpid(child, 0)
        _tell(f"ended {child}")


def _append_for_ever(path: Path, number: int) -> None:
    _tell(f"round {os.getpid()}")
    log = EventLog(Database(path), "child")
    log.append(f"chat/{number}", ChatOpened(model="m"), expected=0)
    batch = number * 1_000_000
    while True:
        batch += 1
        recorded = log.append_all(_writes(number, batch))
        _tell(f"acknowledged {batch} {recorded[0].seq}")


def _writes(number: int, batch: int) -> list[Write]:
    """Return one batch: five events in three streams that all carry its number."""
    name = str(batch)
    said = JobMessageReceived(level="info", text=name)
    steps = StepRange(first=batch, count=50)
    points = MetricsRecorded(groups=[MetricGroup(steps=steps, values={name: [0.1] * 50})])
    turn = ChatTurnRecorded(question=name, answer="x" * 3000)
    return [
        Write("job/all", [said, points]),
        Write(f"chat/{number}", [turn]),
        Write("job/other", [said, said]),
    ]


def _tell(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
