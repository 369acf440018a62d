from __future__ import annotations

import threading
from queue import Queue

from textual.message import Message

from store.events import CheckpointSaved
from tests.tui.conftest import StillLab, Story
from tui import watch as watching
from tui.watch import Beginning, JobsRead, LogGrew, begin, watch


def _begun(lab: StillLab) -> tuple[Beginning, Queue[Message], threading.Event, threading.Thread]:
    posted: Queue[Message] = Queue()
    stopped = threading.Event()
    beginning = begin(lab.database)
    thread = threading.Thread(target=watch, args=(lab.database, beginning, posted.put, stopped))
    thread.start()
    return beginning, posted, stopped, thread


def test_only_what_changed_is_told(lab: StillLab, story: Story) -> None:
    beginning, posted, stopped, thread = _begun(lab)
    story.tell("job_5", CheckpointSaved(step=31, path="c"))
    grown = posted.get(timeout=10)
    stopped.set()
    thread.join(10)
    assert beginning.whole
    assert isinstance(grown, LogGrew)
    assert grown.head == beginning.head + 1
    assert [job.name for job in grown.rows] == ["gsm8k-5"]
    assert posted.empty()


def test_many_jobs_are_read_in_two_goes(lab: StillLab, story: Story) -> None:
    for number in range(watching.FIRST_ROWS):
        story.job(f"more{number:04}")
    beginning, posted, stopped, thread = _begun(lab)
    rest = posted.get(timeout=10)
    stopped.set()
    thread.join(10)
    assert len(beginning.rows) == watching.FIRST_ROWS
    assert not beginning.whole
    assert isinstance(rest, JobsRead)
    assert rest.whole
    names = [job.id for job in (*beginning.rows, *rest.rows)]
    assert len(set(names)) == len(names) == watching.FIRST_ROWS + 5
