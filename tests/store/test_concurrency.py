from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from store.database import Database, Journal
from store.log import EventLog
from store.queries.chats import chat_list
from store.verify import verify

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Child = Callable[..., subprocess.Popen[str]]

WRITERS = ["ann", "bob", "eve", "joe"]


def _await_ready(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"


def _say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


@pytest.mark.parametrize(("journal", "appends"), [("wal", 2000), ("rollback", 100)])
def test_four_writers_beside_two_readers_lose_nothing_and_see_no_error(
    quick_folder: Path, child: Child, journal: Journal, appends: int
) -> None:
    path = quick_folder / f"{journal}.db"
    with closing(Database(path, journal=journal)) as database:
        EventLog(database, "tester")
        writers = [child("append_many", path, journal, name, appends) for name in WRITERS]
        readers = [child("read_in_a_loop", path, journal) for _ in range(2)]
        _await_ready([*writers, *readers])
        for writer in writers:
            _say(writer, "go")
        for writer in writers:
            assert writer.communicate()[0] == "done\n"
        rounds = [int(reader.communicate("enough\n")[0]) for reader in readers]

        assert all(process.returncode == 0 for process in [*writers, *readers])
        assert all(count > 0 for count in rounds)
        _check_everything(database, appends)


def _check_everything(database: Database, appends: int) -> None:
    log = EventLog(database, "tester")
    assert database.head() == len(WRITERS) * (2 * appends + 1)
    for name in WRITERS:
        turns = [json.loads(event.data) for event in log.read(stream=f"chat/{name}")][1:]
        assert [turn["question"] for turn in turns] == [str(n) for n in range(appends)]
        assert {turn["answer"] for turn in turns} == {name}
    said = [json.loads(event.data) for event in log.read(stream="job/all")]
    assert Counter(one["level"] for one in said) == dict.fromkeys(WRITERS, appends)
    for name in WRITERS:
        mine = [int(one["text"]) for one in said if one["level"] == name]
        assert mine == list(range(appends))
    assert {chat.turns for chat in chat_list(database.reader)} == {appends}
    assert verify(database).whole


def test_eight_processes_open_a_new_database_at_once(tmp_path: Path, child: Child) -> None:
    path = tmp_path / "new.db"
    openers = [child("open_new", path, f"opener {number}") for number in range(8)]
    _await_ready(openers)
    for opener in openers:
        _say(opener, "go")
    for opener in openers:
        opener.communicate()

    assert [opener.returncode for opener in openers] == [0] * 8
    with closing(Database(path)) as database:
        actors = [event.actor for event in EventLog(database, "tester").read()]
        assert sorted(actors) == [f"opener {number}" for number in range(8)]
        assert verify(database).whole
