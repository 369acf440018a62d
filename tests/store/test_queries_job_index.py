"""Jobs in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.log import EventLog
from store.queries.job_index import GROUPS, SORTS, Order, job_index
from store.queries.job_search import search

if TYPE_CHECKING:
    from tests.store.conftest import Measured, Planned


@pytest.fixture
def four(log: EventLog, planned: Planned, measured: Measured) -> EventLog:
    log.append("job/job_1", planned("b", provider="openai"), measured(1, 0.7))
    log.append("job/job_2", planned("C"), measured(1, 0.2))
    log.append("job/job_3", planned("a", provider="openai", total_steps=4))
    log.append("job/job_4", planned("d", total_steps=4), measured(1, 0.9))
    return log


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (Order(), "4 3 2 1"),
        (Order(backwards=True), "1 2 3 4"),
        (Order("name"), "3 1 2 4"),
        (Order("name", backwards=True), "4 2 1 3"),
        (Order("loss"), "2 1 4 3"),
        (Order("loss", backwards=True), "4 1 2 3"),
        (Order("progress"), "4 3 2 1"),
        (Order("loss", group="provider"), "2 4 1 3"),
    ],
)
def test_jobs_come_in_an_order_those_without_a_value_last(
    four: EventLog, order: Order, found: str
) -> None:
    ids = job_index(four.database.reader, order=order).ids

    assert ids == [f"job_{number}" for number in found.split()]


def test_a_group_is_known_by_where_it_begins(four: EventLog) -> None:
    index = job_index(four.database.reader, order=Order(group="provider"))

    assert index.ids == ["job_4", "job_2", "job_3", "job_1"]
    assert index.groups == [(0, "local"), (2, "openai")]


def test_a_list_may_be_searched_and_cut_off(four: EventLog) -> None:
    index = job_index(four.database.reader, search("loss:any"), Order("loss"), limit=2)

    assert index.ids == ["job_2", "job_1"]
    assert index.groups == []


@pytest.mark.parametrize("group", [None, *GROUPS])
def test_every_order_has_every_job(four: EventLog, group: str | None) -> None:
    for sort in SORTS:
        index = job_index(four.database.reader, order=Order(sort, group=group))  # type: ignore[arg-type]
        assert sorted(index.ids) == ["job_1", "job_2", "job_3", "job_4"]
