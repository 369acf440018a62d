from __future__ import annotations

import json

import pytest

from engine.data.errors import DataError
from engine.data.versions.contents import records_of
from engine.data.versions.criteria import answer_of
from engine.data.versions.dividing import SplitSizes
from engine.data.versions.splitting import Part
from engine.lab import Lab
from store.queries.datasets import DatasetRow, lineage
from tests.engine.data.versions.conftest import Add, row


def _answers(lab: Lab, part: DatasetRow) -> list[str]:
    return [answer_of(record) for record in records_of(lab, part)]


def test_a_split_keeps_the_shares_of_the_answers(lab: Lab, add: Add) -> None:
    add("moods", *(row(f"text {n}", "sad" if n % 10 == 0 else "glad") for n in range(100)))
    parts = lab.datasets.split(
        "moods", SplitSizes(test=0.2, validation=0.1, stratify="answer")
    ).parts
    assert {label: _answers(lab, part).count("sad") for label, part in parts.items()} == {
        "train": 7,
        "validation": 1,
        "test": 2,
    }
    assert json.loads(parts["train"].recipe_json)["stratify"] == "answer"


def test_a_split_keeps_one_users_rows_on_one_side(lab: Lab, add: Add) -> None:
    add("talks", *(row(f"text {n}", f"answer {n}", user=n // 5) for n in range(50)))
    parts = lab.datasets.split("talks", SplitSizes(test=0.2, group=("user",))).parts
    users = [{record["user"] for record in records_of(lab, part)} for part in parts.values()]
    assert users[0].isdisjoint(users[1])
    assert [part.examples for part in parts.values()] == [40, 10]


def test_shares_and_groups_together_are_refused(lab: Lab, add: Add) -> None:
    add("talks", *(row(f"text {n}", "x", user=n) for n in range(10)))
    with pytest.raises(DataError, match="not both"):
        lab.datasets.split("talks", SplitSizes(stratify="answer", group=("user",)))


def test_the_parts_come_of_the_whole(lab: Lab, add: Add) -> None:
    whole = add("talks", *(row(f"text {n}", "x") for n in range(10)))
    parts = lab.datasets.split("talks", SplitSizes(test=2)).parts
    found = lineage(lab.database.reader, whole.id)
    assert {relative.id for relative in found} == {part.id for part in parts.values()}
    assert {relative.distance for relative in found} == {-1}


def test_answers_that_a_part_has_not_are_named(lab: Lab, add: Add) -> None:
    answers = ["glad"] * 30 + ["sad"] * 18 + ["torn", "numb"]
    add("moods", *(row(f"text {n}", answer) for n, answer in enumerate(answers)))
    found = lab.datasets.split("moods", SplitSizes(test=0.2, stratify="answer"))
    assert found.absent == [(Part.TEST, ["torn", "numb"], 4)]
    assert lab.datasets.split("moods", SplitSizes(test=0.2)).absent == []


def test_rows_without_a_user_are_no_user(lab: Lab, add: Add) -> None:
    known = [row(f"text {n}", "x", user=n // 5) for n in range(20)]
    add("talks", *known, *(row(f"text {n}", "x", user="") for n in range(20, 60)))
    found = lab.datasets.split("talks", SplitSizes(test=30, group=("user",)))
    assert found.alone == {"user": 40}
    assert found.parts["test"].examples == 30
    assert json.loads(found.parts["test"].recipe_json)["group"] == ["user"]


def test_parts_of_another_split_are_named(lab: Lab, add: Add) -> None:
    add("talks", *(row(f"text {n}", "x") for n in range(20)))
    first = lab.datasets.split("talks", SplitSizes(test=2, validation=2))
    assert first.stale == []
    second = lab.datasets.split("talks", SplitSizes(test=2, seed=1))
    assert second.stale == [first.parts["validation"]]
