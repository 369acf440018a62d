from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import RequestError
from engine.lab import Lab
from engine.model_tags import LONGEST, check_tag, tag_model, untag_model
from engine.places import Places
from store.errors import NotFoundError
from store.events import ModelRegistered


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    fact = ModelRegistered(
        id="mdl_1", name="support", kind="adapter", base_model="smol", hyperparameters={}
    )
    with Lab(Places(tmp_path, tmp_path / "ftlab.db")) as opened:
        opened.log.append("model/mdl_1", fact)
        yield opened


def test_a_tag_that_is_given_twice_is_recorded_once(lab: Lab) -> None:
    first = tag_model(lab, "support", ["prod", "eu/best", "prod"])
    assert (first.changed, first.unchanged) == (("prod", "eu/best"), ())
    head = lab.database.head()
    again = tag_model(lab, "mdl_1", ["prod"])
    assert (again.changed, again.unchanged, again.tags) == ((), ("prod",), ("eu/best", "prod"))
    assert lab.database.head() == head


def test_a_tag_that_is_taken_away_stays_in_the_history(lab: Lab) -> None:
    tag_model(lab, "support", ["prod"])
    done = untag_model(lab, "support", ["prod", "never"])
    assert (done.changed, done.unchanged, done.tags) == (("prod",), ("never",), ())
    types = [event.type for event in lab.log.read(stream="model/mdl_1")]
    assert types == ["ModelRegistered", "ModelTagged", "ModelUntagged"]


@pytest.mark.parametrize("tag", ["prod", "v1.2", "eu/best", "a_b-c", "日本", "x" * LONGEST])
def test_these_are_tags(tag: str) -> None:
    assert check_tag(tag) == tag


@pytest.mark.parametrize("tag", ["", " ", "a b", "-x", "/x", "a,b", "x\n", "x" * (LONGEST + 1)])
def test_these_are_none_and_nothing_is_recorded(lab: Lab, tag: str) -> None:
    head = lab.database.head()
    with pytest.raises(RequestError, match="cannot be a tag"):
        tag_model(lab, "support", ["good", tag])
    assert lab.database.head() == head


def test_what_is_tagged_must_be_there(lab: Lab) -> None:
    with pytest.raises(NotFoundError):
        tag_model(lab, "nobody", ["prod"])
