from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.data.versions.diffing import Diff, Rows, paired
from engine.lab import Lab
from tests.engine.data.versions.conftest import Add, row


def _rows(*found: dict[str, Any]) -> Rows:
    return Rows(io.BytesIO(b"".join(json.dumps(one).encode() + b"\n" for one in found)))


def test_rows_are_the_same_wherever_they_stand() -> None:
    found = paired(_rows(row("a", "1"), row("b", "2")), _rows(row("b", "2"), row("a", "1")))
    assert (found.same, found.changed, found.removed, found.added) == (2, [], [], [])


def test_repetitions_are_counted() -> None:
    found = paired(_rows(row("a", "1"), row("a", "1")), _rows(row("a", "1")))
    assert (found.same, found.removed) == (1, [1])


def test_another_answer_to_the_same_prompt_is_a_change() -> None:
    found = paired(_rows(row("a", "1"), row("b", "2")), _rows(row("x", "9"), row("b", "two")))
    assert found.changed == [(1, 1)]
    assert (found.removed, found.added) == ([0], [0])


def test_another_prompt_for_the_same_answer_is_a_change() -> None:
    found = paired(_rows(row("What is it?", "Tea")), _rows(row("What is this?", "Tea")))
    assert found.changed == [(0, 0)]


def test_a_row_that_changed_throughout_is_known_by_its_place_and_likeness() -> None:
    first, last = row("first", "1"), row("last", "9")
    before = _rows(first, row("How many clips has she?", "She has 24 clips."), last)
    after = _rows(first, row("How many clips has he?", "He has 25 clips."), last)
    assert paired(before, after).changed == [(1, 1)]
    other = _rows(first, row("Name a colour", "blue"), last)
    assert paired(before, other).changed == []


ROWS = st.lists(st.builds(row, st.sampled_from("abcd"), st.sampled_from("wxyz")), max_size=12)


@given(ROWS, ROWS)
def test_every_row_is_accounted_for_once(old: list[dict[str, Any]], new: list[Any]) -> None:
    found = paired(_rows(*old), _rows(*new))
    assert found.same + len(found.changed) + len(found.removed) == len(old)
    assert found.same + len(found.changed) + len(found.added) == len(new)
    assert len({pair[0] for pair in found.changed} | set(found.removed)) == len(
        found.changed
    ) + len(found.removed)


@given(ROWS)
def test_a_version_does_not_differ_from_itself(rows: list[dict[str, Any]]) -> None:
    found = paired(_rows(*rows), _rows(*rows))
    assert (found.same, found.changed, found.removed, found.added) == (len(rows), [], [], [])


def test_two_versions_are_read_side_by_side(lab: Lab, add: Add) -> None:
    add("talk", row("a", "1"), row("b", "2"))
    add("talk", row("a", "1"), row("b", "two"), row("c", "3"))
    with Diff(lab, "talk@1", "talk@2") as diff:
        [(old, new)] = diff.pairing.changed
        assert diff.old(old) == row("b", "2")
        assert diff.new(new) == row("b", "two")
        assert [diff.new(added) for added in diff.pairing.added] == [row("c", "3")]
