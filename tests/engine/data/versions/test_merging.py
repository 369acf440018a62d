from __future__ import annotations

import pytest

from engine.data.errors import DataError
from engine.data.versions.contents import records_of
from engine.data.versions.criteria import answer_of
from engine.data.versions.merging import merge_versions
from engine.lab import Lab
from store.errors import NotFoundError
from store.queries.datasets import lineage
from tests.engine.data.versions.conftest import Add, row


def test_the_examples_come_one_version_after_the_other(lab: Lab, add: Add) -> None:
    first, second = add("a", row("1", "x"), row("2", "y")), add("b", row("3", "z"), row("1", "x"))
    merged, left_out = merge_versions(lab, ["a", "b"], "both")
    assert [answer_of(record) for record in records_of(lab, merged)] == ["x", "y", "z", "x"]
    assert (merged.examples, left_out) == (4, 0)
    found = lineage(lab.database.reader, merged.id)
    assert {relative.id for relative in found} == {first.id, second.id}


def test_duplicates_are_left_out_and_counted_when_asked(lab: Lab, add: Add) -> None:
    add("a", row("1", "x"), row("2", "y"))
    add("b", row("3", "z"), row("1", "x"))
    merged, left_out = merge_versions(lab, ["a", "b"], "both", dedupe=True)
    assert (merged.examples, merged.left_out, left_out) == (3, 1, 1)


def test_columns_do_not_keep_duplicates_apart(lab: Lab, add: Add) -> None:
    add("a", row("1", "x", id=1))
    add("b", row("1", "x", id=2), row("1", "y", id=3))
    merged, left_out = merge_versions(lab, ["a", "b"], "both", dedupe=True)
    assert [record["id"] for record in records_of(lab, merged)] == [1, 3]
    assert left_out == 1


def test_one_version_alone_or_an_unknown_one_is_refused(lab: Lab, add: Add) -> None:
    add("a", row("1", "x"))
    with pytest.raises(DataError, match="at least two"):
        merge_versions(lab, ["a"], "both")
    with pytest.raises(NotFoundError, match="nobody"):
        merge_versions(lab, ["a", "nobody"], "both")


def test_merging_the_same_again_makes_nothing_new(lab: Lab, add: Add) -> None:
    add("a", row("1", "x"))
    add("b", row("2", "y"))
    first, second = (merge_versions(lab, ["a", "b"], "both")[0] for _ in range(2))
    assert first == second
