"""Ask a store that others write to, again and again, until a line comes; started by the tests."""

from __future__ import annotations

import sqlite3
import sys
import threading
from pathlib import Path
from typing import cast

from store.database import Database, Journal
from store.queries.chats import chat_list
from store.queries.history import Filter, history
from store.queries.jobs import changed_jobs, job_list
from store.queries.metrics import series_list


def main(path: str, journal: str) -> None:
    """Print how many rounds went well; an answer that cannot be true ends the program."""
    database = Database(Path(path), journal=cast("Journal", journal))
    _say("ready")
    line = threading.Thread(target=sys.stdin.readline)
    line.start()
    rounds = head = 0
    while line.is_alive():
        head = _ask(database, database.reader, head)
        rounds += 1
        line.join(0.05)
    database.close()
    _say(str(rounds))


def _ask(database: Database, reader: sqlite3.Connection, before: int) -> int:
    head = database.head()
    if head < before:
        raise AssertionError(f"the log went back from {before} to {head}")
    both = "SELECT (SELECT COALESCE(MAX(seq), 0) FROM event), (SELECT seq FROM projection)"
    newest, folded = reader.execute(both).fetchone()
    if newest != folded:
        raise AssertionError(f"the read models are at {folded}, the log is at {newest}")
    turns = "turns <> (SELECT COALESCE(MAX(ordinal), 0) FROM chat_turn WHERE chat = chat.id)"
    if torn := reader.execute(f"SELECT id FROM chat WHERE {turns}").fetchall():  # noqa: S608 - no input in it
        raise AssertionError(f"half of an append is seen in {torn}")
    chat_list(reader)
    history(reader, Filter(stream="chat/"), limit=20, newest=True)
    changed_jobs(reader, before)
    job_list(reader, limit=20)
    series_list(reader, "all")
    return head


def _say(text: str) -> None:
    """Tell the test that started this."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
