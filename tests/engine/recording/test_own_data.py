from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.versions.dividing import SplitSizes
from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.recording.own_data import has_data, own_prompts
from engine.suites.prompts import Prompt
from store.events import ModelRegistered
from store.ids import new_id
from store.queries.models import ModelRow, model
from tests.engine.recording.conftest import Rescued

if TYPE_CHECKING:
    from tests.standin.standin import Standin


def parts(prompts: list[Prompt]) -> dict[str | None, int]:
    return dict(Counter(prompt.part for prompt in prompts))


def trained_on(lab: Lab, dataset: str) -> ModelRow:
    fact = ModelRegistered(
        id=new_id("mdl"),
        name="ft:own",
        kind="hosted",
        base_model="gpt-4o-mini-2024-07-18",
        dataset=dataset,
        hyperparameters={},
        provider="openai",
        remote_id="ft:own",
    )
    lab.log.append(f"model/{fact.id}", fact)
    return model(lab.database.reader, fact.id)


def _row(question: str, answer: str) -> str:
    asked = {"role": "user", "content": question}
    answered = {"role": "assistant", "content": answer}
    return json.dumps({"messages": [asked, answered]}) + "\n"


def test_training_and_validation_data_are_drawn_from_evenly_and_marked(
    rescued: Rescued, lab: Lab
) -> None:
    found = rescued(validated=True)
    assert parts(own_prompts(lab, found, 6, 0)) == {"validation": 3, "training": 3}


def test_where_one_part_is_small_the_other_gives_more(rescued: Rescued, lab: Lab) -> None:
    found = rescued(validated=True)
    drawn = own_prompts(lab, found, 10_000, 0)
    assert len({prompt.digest for prompt in drawn}) == len(drawn)
    assert parts(drawn)["training"] > parts(drawn)["validation"] > 0


def test_the_parts_of_a_split_that_were_not_trained_on_are_held_out(lab: Lab) -> None:
    split = lab.datasets.split("sums", SplitSizes(test=5, validation=4, seed=1))
    row = trained_on(lab, split.parts["train"].id)
    drawn = own_prompts(lab, row, 9, 0)
    assert parts(drawn) == {"held-out": 3, "validation": 3, "training": 3}


def test_what_was_trained_on_counts_as_that_wherever_else_it_stands(
    lab: Lab, tmp_path: Path
) -> None:
    rows = [_row(f"Question {number % 6}?", f"Answer {number}.") for number in range(12)]
    file = tmp_path / "twice.jsonl"
    file.write_text("".join(rows))
    lab.datasets.add(Source(file), "twice")
    split = lab.datasets.split("twice", SplitSizes(test=4, validation=0, seed=1))
    drawn = own_prompts(lab, trained_on(lab, split.parts["train"].id), 1000, 0)
    trained = {prompt.question for prompt in drawn if prompt.part == "training"}
    held_out = {prompt.question for prompt in drawn if prompt.part == "held-out"}
    assert trained | held_out == {f"Question {number}?" for number in range(6)}
    assert not trained & held_out


def test_the_same_seed_draws_the_same_prompts_and_another_one_others(
    rescued: Rescued, lab: Lab
) -> None:
    found = rescued(events=200)
    first = [prompt.digest for prompt in own_prompts(lab, found, 5, 0)]
    assert [prompt.digest for prompt in own_prompts(lab, found, 5, 0)] == first
    assert [prompt.digest for prompt in own_prompts(lab, found, 5, 1)] != first


def test_more_prompts_begin_with_the_same_ones(rescued: Rescued, lab: Lab) -> None:
    found = rescued(events=200)
    few = [prompt.digest for prompt in own_prompts(lab, found, 4, 0)]
    many = [prompt.digest for prompt in own_prompts(lab, found, 12, 0)]
    assert many[:4] == few


def test_a_prompt_ends_before_the_last_answer_which_is_the_reference(
    lab: Lab, tmp_path: Path
) -> None:
    said = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Open?"},
        {"role": "assistant", "content": "Yes.", "weight": 0},
        {"role": "user", "content": "Until when?"},
        {"role": "assistant", "content": "Six."},
    ]
    file = tmp_path / "talk.jsonl"
    file.write_text(json.dumps({"messages": said}) + "\n")
    lab.datasets.add(Source(file), "talk")
    [prompt] = own_prompts(lab, trained_on(lab, "talk"), 5, 0)
    assert [message["content"] for message in prompt.messages] == [
        "Be short.",
        "Open?",
        "Yes.",
        "Until when?",
    ]
    assert not any("weight" in message for message in prompt.messages)
    assert prompt.reference == {"role": "assistant", "content": "Six."}


def test_data_without_answers_is_no_dataset_and_still_asks_something(
    rescued: Rescued, lab: Lab, standin: Standin
) -> None:
    standin.clock.set(datetime(2026, 9, 1, tzinfo=UTC))
    found = rescued(model="o4-mini-2025-04-16", method="reinforcement")
    assert found.dataset is None
    drawn = own_prompts(lab, found, 3, 0)
    assert parts(drawn) == {"training": 3}
    assert all(prompt.messages[-1]["role"] == "user" for prompt in drawn)


def test_a_model_whose_data_is_gone_has_nothing_to_ask(rescued: Rescued, lab: Lab) -> None:
    found = rescued(gone=frozenset({"training"}))
    assert not has_data(lab, found)
    assert own_prompts(lab, replace(found, job=None), 5, 0) == []
