"""Answers that become training examples."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.chatting.examples import AnswerExample, learn
from engine.data.errors import DataError, WishError
from engine.errors import RequestError
from engine.lab import Lab
from store.queries.datasets import DatasetRow, lineage, versions_of


def _example(answer: str = "At six.") -> AnswerExample:
    return AnswerExample("When?", answer, chat="chat_1", turn=2)


def _rows(lab: Lab, version: DatasetRow) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lab.blobs.read(version.content).splitlines()]


def test_the_first_example_begins_a_dataset(lab: Lab) -> None:
    version = learn(lab, replace(_example(), edited=True), "corrections")
    assert (version.name, version.version, version.examples) == ("corrections", 1, 1)
    assert _rows(lab, version) == [
        {
            "messages": [
                {"role": "user", "content": "When?"},
                {"role": "assistant", "content": "At six."},
            ]
        }
    ]
    assert json.loads(version.recipe_json) == {
        "made": "written",
        "chat": "chat_1",
        "turn": 2,
        "edited": True,
    }


def test_the_next_example_makes_a_version_and_leaves_the_one_before(lab: Lab) -> None:
    first = learn(lab, _example(), "corrections")
    second = learn(lab, _example("At seven."), "corrections")
    assert (second.version, second.examples, second.messages) == (2, 2, 4)
    assert second.characters == len("When?At six.When?At seven.")
    assert _rows(lab, second)[:1] == _rows(lab, first)
    assert json.loads(second.recipe_json)["of"] == "corrections@1"
    assert [(one.name, one.version) for one in lineage(lab.database.reader, second.id)] == [
        ("corrections", 1)
    ]
    assert [one.examples for one in versions_of(lab.database.reader, "corrections")] == [1, 2]


def test_the_system_prompt_and_what_was_said_before_can_be_learned_with_it(lab: Lab) -> None:
    example = replace(_example(), system="Be brief.", before=(("Hi", "Hello"),))
    version = learn(lab, example, "corrections")
    [row] = _rows(lab, version)
    assert [(one["role"], one["content"]) for one in row["messages"]] == [
        ("system", "Be brief."),
        ("user", "Hi"),
        ("assistant", "Hello"),
        ("user", "When?"),
        ("assistant", "At six."),
    ]


def test_an_example_that_is_there_is_not_added_again(lab: Lab) -> None:
    learn(lab, _example(), "corrections")
    with pytest.raises(DataError, match="corrections@1 has exactly this example already"):
        learn(lab, _example(), "corrections")


def test_an_empty_answer_teaches_nothing(lab: Lab) -> None:
    with pytest.raises(RequestError, match="the answer is empty"):
        learn(lab, _example(" \n"), "corrections")


def test_what_cannot_be_stored_is_refused(lab: Lab) -> None:
    with pytest.raises(WishError, match="cannot name a dataset"):
        learn(lab, _example(), "my data!")
    with pytest.raises(DataError, match="nothing was recorded"):
        learn(lab, _example("\udcff"), "corrections")


def test_a_dataset_of_preferences_takes_no_answers(lab: Lab) -> None:
    from store.events import DatasetVersionRecorded

    preferences = DatasetVersionRecorded(
        id="ds_1",
        name="pairs",
        version=1,
        content="c" * 64,
        kind="preference",
        examples=1,
        messages=3,
        characters=9,
        bytes=9,
    )
    lab.log.append("dataset/pairs", preferences)
    with pytest.raises(DataError, match="pairs@1 has preference examples"):
        learn(lab, _example(), "pairs")
