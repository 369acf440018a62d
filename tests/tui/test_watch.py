from __future__ import annotations

import threading
from queue import Queue

import pytest
from textual.message import Message

from store.events import CheckpointSaved
from store.queries.job_index import Order
from tests.tui.conftest import StillLab, Story
from tui import watch as watching
from tui.job_book import View
from tui.watch import FileMoved, LogGrew, begin, list_jobs, watch


def test_only_what_changed_is_told(lab: StillLab, story: Story) -> None:
    posted: Queue[Message] = Queue()
    stopped = threading.Event()
    head = lab.database.head()
    thread = threading.Thread(target=watch, args=(lab.database, head, posted.put, stopped.wait))
    thread.start()
    story.tell("job_5", CheckpointSaved(step=31, path="c"))
    grown = posted.get(timeout=10)
    stopped.set()
    thread.join(10)
    assert isinstance(grown, LogGrew)
    assert grown.head == head + 1
    assert grown.jobs == ["job_5"]
    assert sum(grown.counts.values()) == 5
    assert posted.empty()


@pytest.mark.parametrize("replaced", [False, True])
def test_that_the_file_is_another_or_none_is_told_once(lab: StillLab, *, replaced: bool) -> None:
    path, posted = lab.database.path, list[Message]()
    looks = iter([False, False, False, True])

    def stopped(_seconds: float) -> bool:
        if not posted and path.exists():
            path.rename(path.with_name("elsewhere.db"))
            if replaced:
                path.write_bytes(b"")
        return next(looks)

    watch(lab.database, lab.database.head(), posted.append, stopped)
    assert [type(message) for message in posted] == [FileMoved]


def test_the_first_frame_reads_no_more_than_it_shows(lab: StillLab, story: Story) -> None:
    for number in range(watching.FIRST_JOBS):
        story.job(f"more{number:04}")
    first = begin(lab.database, View()).listed
    whole = list_jobs(lab.database.reader, View())
    assert not first.is_whole
    assert whole.is_whole
    assert len(first.index.ids) == watching.FIRST_JOBS
    assert len(first.rows) == len(whole.rows) == watching.FIRST_ROWS
    assert whole.index.ids[: watching.FIRST_JOBS] == first.index.ids
    assert len(whole.index.ids) == watching.FIRST_JOBS + 5


def test_a_view_is_searched_sorted_and_grouped(lab: StillLab) -> None:
    view = View("-status:running", Order("loss", group="status"), ("job_3",))
    listed = list_jobs(lab.database.reader, view)
    assert listed.index.ids == ["job_3", "job_4", "job_2", "job_1"]
    assert [name for _, name in listed.index.groups] == [
        *("pinned", "cancelled", "failed", "succeeded"),
    ]
    assert listed.is_whole
