"""Open a database that may not exist yet, at the same time as others; started by the tests."""

from __future__ import annotations

import sys
from pathlib import Path

from store.database import Database
from store.events import JobMessageReceived
from store.log import EventLog


def main(path: str, name: str) -> None:
    """Wait for a line, then open and append one event."""
    _say("ready")
    sys.stdin.readline()
    database = Database(Path(path))
    EventLog(database, name).append("job/all", JobMessageReceived(level="info", text=name))
    database.close()


def _say(text: str) -> None:
    """Tell the test that started this."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
