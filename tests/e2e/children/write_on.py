"""Append to the database named by the first argument until killed; say so after the first event."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from store.database import Database
from store.events import JobMessageReceived
from store.log import EventLog

log = EventLog(Database(Path(sys.argv[1])), "cli:other@process")
for number in count():
    log.append("job/job_0000000002", JobMessageReceived(level="info", text=f"line {number}"))
    if number == 0:
        sys.stdout.write("writing\n")
        sys.stdout.flush()
