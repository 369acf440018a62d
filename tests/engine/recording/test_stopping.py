"""Recordings that are ended from another thread."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from engine.lab import Lab
from engine.recording.plan import Wish
from engine.recording.planning import plan
from engine.recording.run import record
from engine.recording.stopping import Stopper
from store.queries.recordings import recording_list
from store.recording_status import COMPLETED, STOPPED
from tests.engine.recording.conftest import CHAT, Rescued, bodies
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.standin import Standin

WISH = Wish(from_data=4, samples=1)


def test_what_came_is_kept_and_the_rest_is_asked_later(
    lab: Lab, rescued: Rescued, standin: Standin
) -> None:
    model = rescued()
    standin.inject(faults.slow(0.05), "POST", CHAT, times=None)
    stopper = Stopper()

    def progress(done: int, _total: int, _spent: float) -> None:
        if done == 2:
            Thread(target=stopper.stop).start()

    with pytest.raises(asyncio.CancelledError):
        record(lab, plan(lab, model.id, WISH), stopper.watching(progress), at_once=1)
    [broken] = recording_list(lab.database.reader, model.id)
    assert (broken.status, broken.reason) == (STOPPED, "interrupted")
    assert 2 <= broken.answers < 8
    asked = len(bodies(standin, CHAT))
    outcome = record(lab, plan(lab, model.id, WISH))
    assert outcome.recording.status == COMPLETED
    assert len(bodies(standin, CHAT)) - asked == 8 - broken.answers


def test_one_that_is_ended_before_it_begins_asks_nothing(
    lab: Lab, rescued: Rescued, standin: Standin
) -> None:
    model, stopper = rescued(), Stopper()
    stopper.stop()
    with pytest.raises(asyncio.CancelledError):
        record(lab, plan(lab, model.id, WISH), stopper.watching(lambda *_: None))
    assert bodies(standin, CHAT) == []
    assert recording_list(lab.database.reader, model.id) == []
