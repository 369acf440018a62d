"""What a rescue tells at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.lab import Lab
from engine.providers.hosted.provider import HostedProvider
from engine.rescue.harvest import Harvest, Stock
from engine.rescue.history import rescue
from store.events import HistoryImported
from store.queries.history import Filter, history
from tests.standin import faults

if TYPE_CHECKING:
    from tests.standin.standin import Standin


def test_every_event_that_was_recorded_is_counted(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_jobs(12)
    before = lab.database.head()
    found = rescue(lab, provider)
    # But for those which say that it began and that it ended.
    assert found.events == lab.database.head() - before - 2


def test_files_are_counted_in_all_and_as_far_as_they_are_new(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job(validated=True)
    first = rescue(lab, provider)
    assert first.files == first.new_files
    assert (first.files.kept, first.files.gone) == (3, 0)
    standin.past_job(gone=frozenset({"training"}))
    second = rescue(lab, provider)
    assert (second.files.kept, second.files.gone) == (4, 1)
    assert (second.new_files.kept, second.new_files.gone) == (1, 1)
    assert second.files.bytes == first.files.bytes + second.new_files.bytes
    [*_, last] = history(lab.database.reader, Filter(type=HistoryImported.type_name))
    fact = lab.log.catalogue.read(last.type, last.schema, last.data)
    assert isinstance(fact, HistoryImported)
    assert (fact.files_kept, fact.files_gone) == (1, 1)


def test_the_files_of_a_job_that_goes_on_are_counted_once(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    live = standin.live_job("running")
    assert rescue(lab, provider).files.kept == 1
    standin.advance(live.id, steps=3)
    assert rescue(lab, provider).new_files == Stock()
    standin.advance(live.id, "succeeded")
    last = rescue(lab, provider)
    assert (last.files.kept, last.new_files.kept) == (2, 1)


def test_models_are_counted_by_the_day_that_anybody_knows(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    # The user's own figures say when this one goes; of the other one nobody knows anything.
    standin.past_job(model="gpt-4o-mini-2024-07-18")
    standin.past_job(model="babbage-002")
    standin.inject(faults.with_fields(shutdown_date=None), "GET", "/models", times=None)
    found = rescue(lab, provider)
    assert found.retiring == {"2099-01-01": 1, "not announced": 1}


def test_models_that_are_gone_are_counted_apart(
    lab: Lab, provider: HostedProvider, standin: Standin
) -> None:
    standin.past_job(model="gpt-3.5-turbo-0125")
    standin.past_job()
    found = rescue(lab, provider)
    assert (found.models, found.models_gone) == (1, 1)
    assert sum(found.retiring.values()) == 1


def test_whatever_goes_wrong_with_one_thing_is_told_in_words() -> None:
    found = Harvest()

    def fail(error: Exception) -> None:
        raise error

    with found.noting("ftjob-1", "training file"):
        fail(ValueError("no such thing"))
    with found.noting("ftjob-1"):
        fail(OSError("the disk is full"))
    with found.noting("ftjob-2"):
        pass
    assert found.troubles == {
        "ftjob-1": "training file: ValueError: no such thing; the disk is full"
    }
