from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import pytest

from store.errors import StoreError
from store.events import ChatTurnRecorded, JobStatusChanged
from store.past import PastDatabase, as_of
from store.queries.chats import chat_list, chat_turns
from store.queries.history import history
from store.queries.jobs import job_detail, job_list
from store.queries.metrics import series

if TYPE_CHECKING:
    from pathlib import Path

    from store.database import Database
    from store.log import EventLog
    from tests.store.conftest import Planned


def test_queries_answer_as_they_did_right_after_an_event(log: EventLog, planned: Planned) -> None:
    log.append("job/a", planned())
    before = job_detail(log.database.reader, "a")
    log.append("job/a", JobStatusChanged(status="running"))

    with closing(as_of(log.database, 1)) as past:
        assert job_detail(past, "a") == before

    assert job_detail(log.database.reader, "a").status == "running"


def test_before_the_first_event_there_was_nothing(filled: EventLog) -> None:
    with closing(as_of(filled.database, 0)) as past:
        assert job_list(past) == []
        assert history(past) == []


def test_a_seq_that_is_yet_to_come_means_now(filled: EventLog) -> None:
    with closing(as_of(filled.database, 10_000)) as past:
        assert history(past) == history(filled.database.reader)
        assert series(past, "job_1", "loss") == series(filled.database.reader, "job_1", "loss")


def test_the_log_of_the_past_ends_there(filled: EventLog) -> None:
    with closing(as_of(filled.database, 5)) as past:
        assert [event.seq for event in history(past)] == [1, 2, 3, 4, 5]


def test_what_happens_later_does_not_reach_the_past(filled: EventLog) -> None:
    seq = filled.database.head()
    with closing(as_of(filled.database, seq)) as past:
        filled.append("chat/chat_1", ChatTurnRecorded(question="And 3 + 3?", answer="6"))
        assert chat_list(past)[0].turns == 1
        assert len(chat_turns(past, "chat_1")) == 1


def test_looking_back_changes_nothing_and_leaves_no_file(filled: EventLog, tmp_path: Path) -> None:
    before = {path: path.stat().st_size for path in tmp_path.iterdir()}

    as_of(filled.database, 5).close()

    assert {path: path.stat().st_size for path in tmp_path.iterdir()} == before


def test_it_tells_how_far_it_has_come(filled: EventLog) -> None:
    heard: list[tuple[int, int]] = []

    as_of(filled.database, 5, lambda done, total: heard.append((done, total))).close()

    assert heard == [(5, 5)]


def test_a_state_of_the_past_may_be_read_in_another_thread(filled: EventLog) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with closing(as_of(filled.database, 7)) as past, ThreadPoolExecutor(1) as threads:
        assert len(threads.submit(job_list, past).result()) == 1


def test_the_past_is_left_in_the_middle_of_another_threads_question(filled: EventLog) -> None:
    past = PastDatabase(filled.database, 7)
    asked = past.reader.execute("SELECT seq FROM event ORDER BY seq")
    assert asked.fetchone() == (1,)

    past.close()

    assert len(asked.fetchall()) == 6
    with pytest.raises(StoreError, match="as of event 7 is no longer looked at"):
        _ = past.reader


def test_a_file_that_is_gone_is_told_in_plain_words_and_nothing_stays_open(
    database: Database,
) -> None:
    database.close()
    for path in database.path.parent.iterdir():
        path.unlink()

    with pytest.raises(StoreError, match="cannot be opened"):
        as_of(database, 1)

    assert str(database.path) not in {file.path for file in psutil.Process().open_files()}
