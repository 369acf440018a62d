"""Append to a stream of one's own and to a shared one, many times; started by the tests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from store.database import Database, Journal
from store.events import ChatOpened, ChatTurnRecorded, JobMessageReceived
from store.log import EventLog, Write


def main(path: str, journal: str, name: str, appends: int) -> None:
    """Wait for a line, then append; print how many were done."""
    _say("ready")
    sys.stdin.readline()
    database = Database(Path(path), journal=cast("Journal", journal))
    log = EventLog(database, name)
    log.append(f"chat/{name}", ChatOpened(model=name), expected=0)
    for number in range(appends):
        turn = ChatTurnRecorded(question=str(number), answer=name)
        said = JobMessageReceived(level=name, text=str(number))
        log.append_all(
            [Write(f"chat/{name}", [turn], expected=number + 1), Write("job/all", [said])]
        )
    database.close()
    _say("done")


def _say(text: str) -> None:
    """Tell the test that started this."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
