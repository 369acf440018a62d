"""How dataset versions differ, in numbers of examples."""

from __future__ import annotations

import pytest

from engine.comparing import data
from engine.comparing.data import data_difference, data_differences, pairs
from engine.comparing.subjects import subjects
from engine.lab import Lab
from store.queries.datasets import dataset
from tests.engine.comparing.conftest import AddVersion, PlanJob


def test_examples_are_counted_wherever_they_stand(lab: Lab, add_version: AddVersion) -> None:
    first = dataset(lab.database.reader, add_version("sums", 1, ["1", "2", "2", "3"]))
    second = dataset(lab.database.reader, add_version("sums", 2, ["4", "2", "1", "5", "6"]))
    found = data_difference(lab.blobs, first, second)
    assert (found.same, found.removed, found.added, found.why_not) == (2, 2, 3, None)


def test_versions_of_one_content_are_not_read(lab: Lab, add_version: AddVersion) -> None:
    first = dataset(lab.database.reader, add_version("sums", 1, ["1"]))
    other = dataset(lab.database.reader, add_version("copy", 1, ["1"]))
    lab.blobs.path(first.content).unlink()
    assert data_difference(lab.blobs, first, other).same == 1


def test_what_cannot_be_read_is_told(
    lab: Lab, add_version: AddVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = dataset(lab.database.reader, add_version("sums", 1, ["1"]))
    second = dataset(lab.database.reader, add_version("sums", 2, ["2"]))
    lab.blobs.path(second.content).unlink()
    assert "is missing" in (data_difference(lab.blobs, first, second).why_not or "")
    monkeypatch.setattr(data, "MOST_BYTES", 1)
    why = data_difference(lab.blobs, first, second).why_not
    assert why == "too large to compare here: `ftlab data diff sums@1 sums@2`"


def test_each_other_version_is_held_against_the_first(lab: Lab, add_version: AddVersion) -> None:
    first, second, third = (
        dataset(lab.database.reader, add_version("sums", number, [str(number)]))
        for number in (1, 2, 3)
    )
    assert pairs([None, second, second, first, None, third]) == [(second, first), (second, third)]
    assert pairs([None]) == []


def test_what_was_learned_from_is_told_then_what_was_evaluated_on(
    lab: Lab, add_version: AddVersion, plan_job: PlanJob
) -> None:
    train = [add_version("sums", each, ["1"] * each) for each in (1, 2)]
    held_out = [add_version("tests", each, ["2"] * each) for each in (1, 2)]
    for name, learned, tested in zip("ab", train, held_out, strict=True):
        plan_job(name, dataset=learned, validation=tested)
    found = data_differences(lab.blobs, subjects(lab.database.reader, ["a", "b"]))
    assert [(each.after.name, each.same, each.added) for each in found] == [
        ("sums", 1, 1),
        ("tests", 1, 1),
    ]
