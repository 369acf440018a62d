"""Close a database again and again while other threads are in the middle of questions to it."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from store.database import Database

path = Path(sys.argv[1])
QUESTION = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) "
    "SELECT COUNT(*), MAX(printf('%d', i)) FROM n"
)


def ask(database: Database, asked: threading.Event) -> None:
    reader = database.reader
    asked.set()
    reader.execute(QUESTION).fetchall()


for _ in range(10):
    database = Database(path)
    events = [threading.Event() for _ in range(3)]
    threads = [threading.Thread(target=ask, args=(database, event)) for event in events]
    for thread in threads:
        thread.start()
    for event in events:
        event.wait(10)
    time.sleep(0.01)
    database.close()
    del database
    for thread in threads:
        thread.join()
