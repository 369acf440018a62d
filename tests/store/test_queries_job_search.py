"""Which jobs a search finds."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.events import DatasetVersionRecorded, JobStatusChanged
from store.log import Entry, EventLog
from store.queries.job_index import job_index
from store.queries.job_search import JOBS, search, unknown_statuses
from store.queries.searching import SearchError

if TYPE_CHECKING:
    from tests.store.conftest import Measured, Planned

LONG_AGO = datetime(2024, 2, 1, tzinfo=UTC)

FOUND = {
    "": "1 2 3",
    "moods": "1 2",
    "MOODS-": "2",
    "dataset:moods@1": "1 2",
    "name:talks_": "3",
    "name:100%": "3",
    'name:"Moods 1"': "1",
    '"Moods 1"': "1",
    'name:"Moods': "1 2",
    "name=moods-2": "2",
    "name=moods": "",
    "name!=moods-2": "1 3",
    "status:run": "2",
    "status:running,planned": "1 2 3",
    "-status:run": "1 3",
    "provider:openai": "1",
    "provider:openai status:running": "",
    "loss<1.2": "3",
    "loss>=1.5": "2",
    "loss=0.5": "3",
    "loss:none": "1",
    "loss:any": "2 3",
    "-loss<1.2": "1 2",
    "cost>$3": "1",
    "progress>=20%": "2",
    "seed=7": "3",
    "examples>100": "1 2",
    "age<2d": "2 3",
    "age>2d": "1",
    "planned<2024-03-01": "1",
    "planned>2024-03-01": "2 3",
    "planned<2d": "2 3",
    "ended:none": "1 2 3",
    "-moods -talks": "",
    "' OR 1=1 --x": "",
}
"""Searches, and the numbers of the jobs that they find."""


@pytest.fixture
def lab(log: EventLog, planned: Planned, measured: Measured) -> EventLog:
    log.append("dataset/moods", _version("ds_1", "moods"))
    early = planned("Moods 1", provider="openai", base_model="gpt-4o-mini", estimate=3.5)
    log.append("job/job_1", Entry(early, LONG_AGO))
    log.append("job/job_2", planned("moods-2", total_steps=10), measured(1, 2.0, 1.5))
    log.append("job/job_2", JobStatusChanged(status="running"))
    log.append("job/job_3", planned("talks_100%", dataset="ds_9", seed=7), measured(1, 0.5))
    return log


def _version(name: str, dataset: str) -> DatasetVersionRecorded:
    return DatasetVersionRecorded(
        id=name,
        name=dataset,
        version=1,
        content="a" * 64,
        kind="chat",
        examples=120,
        messages=240,
        characters=2000,
        bytes=3000,
        recipe={"source": "moods.jsonl"},
    )


def test_a_search_finds_the_jobs_of_which_all_its_terms_hold(lab: EventLog) -> None:
    reader = lab.database.reader
    found = {text: sorted(job_index(reader, search(text)).ids) for text in FOUND}

    assert found == {text: [f"job_{job}" for job in jobs.split()] for text, jobs in FOUND.items()}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lost<1", "'lost' is nothing that is known of a job: try status"),
        ("loss<low", "'low' is no number: write loss<1.5"),
        ("age<young", "'young' is no time: write age<2d"),
        ("status<3", "status is a text: write status:3"),
        ("loss<", "'loss<' is not finished"),
        ("name:,", "'name:,' is not finished"),
        ("-", "'-' is not finished"),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, words: str) -> None:
    with pytest.raises(SearchError, match=f"^{words}"):
        search(f"moods {text}")


@given(text=st.text())
def test_any_text_is_a_search_or_is_refused_in_words(text: str) -> None:
    with suppress(SearchError):
        found = search(text)
        assert found.sql.count("?") == len(found.values)


def test_every_field_can_be_asked_for(lab: EventLog) -> None:
    reader = lab.database.reader
    for field in JOBS.fields:
        having = job_index(reader, search(f"{field}:any")).ids
        lacking = job_index(reader, search(f"{field}:none")).ids
        assert sorted([*having, *lacking]) == ["job_1", "job_2", "job_3"], field


def test_a_status_and_a_provider_may_be_given_beside_the_terms(lab: EventLog) -> None:
    wanted = search("moods", status="planned", provider="openai")

    assert job_index(lab.database.reader, wanted).ids == ["job_1"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("", []),
        ("status:run,fail name:foo", []),
        ("status:foo", ["foo"]),
        ("STATUS:Foo,RUNNING status=run", ["Foo", "run"]),
        ("status=Running -status:foo status!=foo status:none status:any", []),
    ],
)
def test_a_status_that_no_job_can_have_is_known(text: str, unknown: list[str]) -> None:
    assert unknown_statuses(text) == unknown
