"""Which models a search finds."""

from __future__ import annotations

from datetime import date

import pytest

from store.events import (
    DatasetVersionRecorded,
    Evaluation,
    JobPlanned,
    ModelGone,
    ModelRegistered,
    ModelTagged,
)
from store.log import EventLog
from store.queries.model_origins import ModelOrigin, model_origins
from store.queries.model_search import MODELS, models_found
from store.queries.searching import SearchError

TODAY = date(2026, 11, 20)
SHUTDOWNS = {"mdl_2": "2026-12-01", "mdl_3": "2027-03-01", "mdl_4": "2026-11-01"}

FOUND = {
    "": "1 2 3 4 5",
    "support": "2 3 4",
    "tag:prod": "2",
    "prod": "2",
    "provider:openai": "2 3 4 5",
    "base:smollm2": "1",
    "kind:adapter": "1",
    "dataset:talks@1": "1",
    "talks": "1",
    "job:first": "1",
    "method=lora": "1",
    "perplexity<5": "1",
    "loss<1": "1",
    "accuracy>60%": "1",
    "accuracy>70": "",
    "retires<30d": "2",
    "retires<2w": "2",
    "retires>30": "3",
    "retires<2027-01-01": "2 4",
    "retires<30d support": "2",
    "retires:none": "1 5",
    "retires:any": "2 3 4",
    "state:retiring": "2",
    "state:hosted,local": "1 3",
    "state=gone": "5",
    "examples>100": "1",
    "chats:any": "1 2 3 4 5",
    "chats>0": "",
}
"""Searches, and the numbers of the models that they find."""


@pytest.fixture
def lab(log: EventLog) -> EventLog:
    version = DatasetVersionRecorded(
        id="ds_1",
        name="talks",
        version=1,
        content="a" * 64,
        examples=120,
        messages=240,
        characters=2000,
        bytes=3000,
    )
    log.append("dataset/talks", version)
    plan = JobPlanned(
        name="first",
        provider="local",
        base_model="smollm2-135m-instruct",
        method="lora",
        hyperparameters={},
        dataset="ds_1",
        options={"recreates": "mdl_2"},
    )
    log.append("job/job_1", plan)
    after = Evaluation(loss=0.9, perplexity=2.5, accuracy=0.65, examples=10)
    here = ModelRegistered(
        id="mdl_1",
        name="first",
        kind="adapter",
        base_model="smollm2-135m-instruct",
        job="job_1",
        dataset="ds_1",
        hyperparameters={},
        after=after,
    )
    log.append("model/mdl_1", here)
    for number in (2, 3, 4, 5):
        name = f"ft:gpt-4o-mini:acme:{'old' if number == 5 else 'support'}:{number}"
        log.append(f"model/mdl_{number}", _hosted(f"mdl_{number}", name))
    log.append("model/mdl_2", ModelTagged(tag="prod"), ModelTagged(tag="eu"))
    log.append("model/mdl_5", ModelGone(reason="the service no longer knows it"))
    return log


def _hosted(model: str, name: str) -> ModelRegistered:
    return ModelRegistered(
        id=model,
        name=name,
        kind="hosted",
        base_model="gpt-4o-mini",
        hyperparameters={},
        provider="openai",
        remote_id=name,
    )


def test_a_search_finds_the_models_of_which_all_its_terms_hold(lab: EventLog) -> None:
    reader = lab.database.reader
    found = {text: sorted(models_found(reader, text, SHUTDOWNS, TODAY)) for text in FOUND}
    assert found == {text: [f"mdl_{each}" for each in ids.split()] for text, ids in FOUND.items()}


def test_every_field_can_be_asked_for(lab: EventLog) -> None:
    for field in MODELS.fields:
        found = [
            models_found(lab.database.reader, f"{field}:{word}", SHUTDOWNS, TODAY)
            for word in ("any", "none")
        ]
        assert len(found[0] | found[1]) == 5, field
        assert not found[0] & found[1], field


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("retires<soon", "'soon' is no time: write retires<30d"),
        ("tag<3", "tag is a text: write tag:3"),
        ("price<1", "'price' is nothing that is known of a model"),
    ],
)
def test_what_cannot_be_understood_is_said(lab: EventLog, text: str, words: str) -> None:
    with pytest.raises(SearchError, match=f"^{words}"):
        models_found(lab.database.reader, text, SHUTDOWNS, TODAY)


def test_where_a_model_comes_from_is_known_by_its_job(lab: EventLog) -> None:
    origins = model_origins(lab.database.reader)
    assert origins["mdl_1"] == ModelOrigin(rebuilds="mdl_2", trained_on="talks@1")
    assert origins["mdl_2"] == ModelOrigin()
