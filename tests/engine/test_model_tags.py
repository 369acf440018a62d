from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from engine.errors import RequestError
from engine.lab import Lab
from engine.model_tags import (
    LONGEST,
    LONGEST_REASON,
    Moved,
    Why,
    check_tag,
    tag_model,
    untag_model,
)
from engine.places import Places
from store.errors import AmbiguousError, NotFoundError
from store.events import ModelDeleted, ModelRegistered
from store.log import Write
from store.queries.model_tags import tag_moves
from store.queries.models import model, model_references
from store.recorded import Recorded


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


@pytest.fixture
def other(lab: Lab) -> Lab:
    """The same lab with two more models."""
    for number in (2, 3):
        fact = ModelRegistered(
            id=f"mdl_{number}",
            name=f"support-{number}",
            kind="adapter",
            base_model="smol",
            hyperparameters={},
        )
        lab.log.append(f"model/mdl_{number}", fact)
    return lab


def _tags(lab: Lab, reference: str) -> tuple[str, ...]:
    return model(lab.database.reader, reference).tags


def test_a_tag_moves_with_its_reason_and_both_sides_tell_it(other: Lab) -> None:
    tag_model(other, "mdl_1", ["prod", "eu"])
    done = tag_model(other, "mdl_2", ["prod"], others="only one loses", why=Why("  fewer errors "))
    assert done.moved == (Moved("prod", "mdl_1", "support"),)
    assert (_tags(other, "mdl_1"), _tags(other, "mdl_2")) == (("eu",), ("prod",))
    [got] = tag_moves(other.database.reader, "mdl_2")
    assert (got.given, got.reason, got.other) == (True, "fewer errors", ("mdl_1",))
    lost = tag_moves(other.database.reader, "mdl_1")[0]
    assert (lost.given, lost.reason, lost.other) == (False, "fewer errors", ("mdl_2",))
    events = list(other.log.read())
    assert events[-1].cause == events[-2].seq == got.seq


def test_a_tag_that_several_have_moves_only_if_somebody_says_so(other: Lab) -> None:
    for each in ("mdl_1", "mdl_2"):
        tag_model(other, each, ["best"])
    with pytest.raises(RequestError, match="2 other models are tagged best: support-2, support"):
        tag_model(other, "mdl_3", ["best"], others="only one loses")
    assert _tags(other, "mdl_3") == ()
    done = tag_model(other, "mdl_3", ["best"], others="lose")
    assert {each.model for each in done.moved} == {"mdl_1", "mdl_2"}
    assert [_tags(other, f"mdl_{number}") for number in (1, 2, 3)] == [(), (), ("best",)]


def test_a_model_that_is_gone_loses_its_tag_without_a_word(other: Lab) -> None:
    for each in ("mdl_1", "mdl_2"):
        tag_model(other, each, ["best"])
    other.log.append("model/mdl_1", ModelDeleted())
    tag_model(other, "mdl_3", ["best"], others="only one loses")
    assert [_tags(other, f"mdl_{number}") for number in (1, 2, 3)] == [(), (), ("best",)]


def test_a_tag_that_is_there_is_recorded_again_only_to_say_why(other: Lab) -> None:
    tag_model(other, "mdl_1", ["prod"])
    done = tag_model(other, "mdl_1", ["prod"], why=Why("it was the first"))
    assert (done.changed, done.unchanged, done.explained) == ((), (), ("prod",))
    assert _tags(other, "mdl_1") == ("prod",)
    tag_model(other, "mdl_1", ["prod"], why=Why("  "))
    assert [move.reason for move in tag_moves(other.database.reader, "mdl_1")] == [
        "it was the first",
        None,
    ]


def test_a_reason_is_short_enough_to_be_read(lab: Lab) -> None:
    head = lab.database.head()
    with pytest.raises(RequestError, match="1,001 characters"):
        tag_model(lab, "support", ["prod"], why=Why("x" * (LONGEST_REASON + 1)))
    assert lab.database.head() == head


def test_a_tag_that_one_model_has_stands_for_it(other: Lab) -> None:
    reader = other.database.reader
    tag_model(other, "mdl_2", ["prod", "support", "mdl_3", "sup"])
    assert model(reader, "prod").id == model(reader, "sup").id == "mdl_2"
    # Names and ids are stronger, beginnings are weaker.
    assert (model(reader, "support").id, model(reader, "mdl_3").id) == ("mdl_1", "mdl_3")
    tag_model(other, "mdl_1", ["prod"])
    with pytest.raises(AmbiguousError, match="several models are tagged 'prod': support-2"):
        model(reader, "prod")
    other.log.append("model/mdl_1", ModelDeleted())
    assert model(reader, "prod").id == "mdl_2"
    untag_model(other, "prod", ["prod"], "it was wrong")
    # A model that is gone is meant where no other is.
    assert model(reader, "prod").id == "mdl_1"


def test_everything_that_a_model_is_called_can_be_completed(other: Lab) -> None:
    tag_model(other, "mdl_2", ["prod"])
    found = model_references(other.database.reader)
    assert {"prod", "support", "support-2", "mdl_3"} <= set(found)


def test_a_move_that_meets_another_is_done_after_it(
    other: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the append somebody else moves the tag."""
    tag_model(other, "mdl_1", ["prod"])
    append = other.log.append_all
    once: list[None] = [None]

    def meanwhile(writes: Iterable[Write]) -> list[Recorded]:
        if once:
            once.pop()
            tag_model(other, "mdl_3", ["prod"], others="lose")
        return append(writes)

    monkeypatch.setattr(other.log, "append_all", meanwhile)
    done = tag_model(other, "mdl_2", ["prod"], others="lose")
    assert [each.model for each in done.moved] == ["mdl_3"]
    assert [_tags(other, f"mdl_{number}") for number in (1, 2, 3)] == [(), ("prod",), ()]
