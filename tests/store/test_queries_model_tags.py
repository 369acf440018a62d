"""The tags of models, as they are folded and asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.events import ModelTagged, ModelUntagged
from store.log import EventLog
from store.queries.job_index import Order, job_index
from store.queries.job_search import search
from store.queries.jobs import changed_jobs
from store.queries.model_tags import tag_counts
from store.queries.models import model, model_list, models_may_differ
from tests.store.test_projections_models import REGISTERED

if TYPE_CHECKING:
    from tests.store.conftest import Measured, Planned


def _tagged(*tags: str) -> list[ModelTagged]:
    return [ModelTagged(tag=tag) for tag in tags]


@pytest.fixture
def lab(log: EventLog, planned: Planned) -> EventLog:
    """Three jobs, whose models have two tags, one, and none."""
    for number, tags in enumerate((("prod", "eu/best"), ("prod",), ()), start=1):
        name = f"model_{number}"
        log.append(f"job/job_{number}", planned(f"run-{number}", model=name))
        fact = REGISTERED.model_copy(update={"id": name, "name": name, "job": f"job_{number}"})
        log.append(f"model/{name}", fact, *_tagged(*tags))
    return log


def test_a_model_has_its_tags_in_the_order_of_the_alphabet(lab: EventLog) -> None:
    assert model(lab.database.reader, "model_1").tags == ("eu/best", "prod")
    assert model(lab.database.reader, "model_3").tags == ()


def test_a_tag_that_comes_twice_is_there_once_and_goes_whole(lab: EventLog) -> None:
    lab.append("model/model_2", *_tagged("prod", "new"), ModelUntagged(tag="new"))
    assert model(lab.database.reader, "model_2").tags == ("prod",)
    lab.append("model/model_2", ModelUntagged(tag="prod"), ModelUntagged(tag="prod"))
    assert model(lab.database.reader, "model_2").tags == ()


def test_models_are_listed_by_tag_and_tags_are_counted(lab: EventLog) -> None:
    reader = lab.database.reader
    assert [row.id for row in model_list(reader, "prod")] == ["model_2", "model_1"]
    assert model_list(reader, "pro") == []
    assert tag_counts(reader) == {"prod": 2, "eu/best": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tag:prod", "1 2"),
        ("tag:BEST", "1"),
        ("tag:best,new", "1"),
        ("tag=prod", "1 2"),
        ("tag=pro", ""),
        ("tag!=eu/best", "2 3"),
        ("-tag:best", "2 3"),
        ("tag:any", "1 2"),
        ("tag:none", "3"),
        ("eu/best", "1"),
    ],
)
def test_jobs_are_found_by_the_tags_of_their_models(lab: EventLog, text: str, found: str) -> None:
    ids = job_index(lab.database.reader, search(text)).ids
    assert sorted(ids) == [f"job_{number}" for number in found.split()]


def test_jobs_are_put_together_by_all_tags_of_their_models(lab: EventLog) -> None:
    index = job_index(lab.database.reader, order=Order(group="tag"))
    assert index.ids == ["job_1", "job_2", "job_3"]
    assert index.groups == [(0, "eu/best,prod"), (1, "prod"), (2, "")]


def test_what_is_told_of_a_model_is_news_of_its_job(lab: EventLog) -> None:
    head = lab.database.head()
    lab.append("model/model_3", *_tagged("prod"))
    assert changed_jobs(lab.database.reader, head) == ["job_3"]


def test_measurements_change_no_model(lab: EventLog, measured: Measured) -> None:
    head = lab.database.head()
    lab.append("job/job_1", measured(1, 2.0))
    assert not models_may_differ(lab.database.reader, head)
    lab.append("model/model_3", *_tagged("prod"))
    assert models_may_differ(lab.database.reader, head)
