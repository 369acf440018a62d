"""How dataset versions differ, in numbers of examples."""

from __future__ import annotations

import pytest

from engine.comparing import data
from engine.comparing.data import data_difference, pairs
from engine.lab import Lab
from store.queries.datasets import dataset
from tests.engine.comparing.conftest import AddVersion


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
