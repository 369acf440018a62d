from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.data.errors import MissingPackageError
from engine.data.tokens.counting import ExampleTokens, Uncounted
from engine.data.tokens.local import LocalCounter
from engine.training.examples import IGNORED, ExampleEncoder
from engine.training.models import load_encoder, load_tokenizer

QUESTION = {"role": "user", "content": "How many clips?"}
ANSWER = {"role": "assistant", "content": "24 clips."}
OTHER = {"role": "assistant", "content": "I do not know, sorry."}


@pytest.fixture(scope="module")
def counter(tiny_base: Path) -> LocalCounter:
    """The counter of a tiny model."""
    return LocalCounter(str(tiny_base))


def trained(tiny_base: Path, messages: list[dict[str, Any]]) -> tuple[int, int]:
    """What the local trainer makes of a conversation: its tokens, and those it learns."""
    encoder = ExampleEncoder(load_tokenizer(str(tiny_base)), 10_000)
    (row,) = encoder.encode([json.dumps({"messages": messages})])
    return len(row.input_ids), sum(label != IGNORED for label in row.labels)


def test_an_example_comes_to_what_the_trainer_makes_of_it(
    counter: LocalCounter, tiny_base: Path
) -> None:
    total, learned = trained(tiny_base, [QUESTION, ANSWER])
    assert counter.counts([{"messages": [QUESTION, ANSWER]}]) == [
        ExampleTokens(total, learned, 0, total)
    ]


def test_a_preference_example_comes_to_both_of_its_conversations(
    counter: LocalCounter, tiny_base: Path
) -> None:
    record = {
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [OTHER],
    }
    first, other = (trained(tiny_base, [QUESTION, answer]) for answer in (ANSWER, OTHER))
    (count,) = counter.counts([record])
    assert count == ExampleTokens(
        first[0] + other[0], first[1] + other[1], 0, max(first[0], other[0])
    )


def test_a_prompt_with_its_completion_is_a_question_and_its_answer(counter: LocalCounter) -> None:
    record = {"prompt": QUESTION["content"], "completion": ANSWER["content"]}
    assert counter.counts([record]) == counter.counts([{"messages": [QUESTION, ANSWER]}])


def test_an_example_that_the_template_refuses_does_not_stop_the_others(
    counter: LocalCounter,
) -> None:
    refused = {"messages": [QUESTION, {"role": "system", "content": "Be brief."}]}
    good = {"messages": [QUESTION, ANSWER]}
    first, second, third = counter.counts([good, refused, good])
    assert isinstance(second, Uncounted)
    assert second.reason.startswith("does not fit the model's chat template: ")
    assert first == third
    assert not isinstance(first, Uncounted)


def test_a_missing_package_is_no_fault_of_the_data(
    tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingPackageError, match=r"transformers: pip install 'ftlab\[local\]'"):
        LocalCounter(str(tiny_base))


def test_what_lies_beyond_a_limit_is_counted(counter: LocalCounter) -> None:
    record = {"messages": [QUESTION, ANSWER]}
    (count,) = counter.counts([record])
    assert isinstance(count, ExampleTokens)
    said = counter.beyond(record, count.total - 2)
    assert said == "the last 2 tokens (2 of them the assistant's)"


@pytest.fixture(scope="module")
def of_pairs(tiny_t5: Path) -> LocalCounter:
    """The counter of a tiny encoder-decoder model."""
    return LocalCounter(str(tiny_t5))


def test_a_source_and_its_target_are_what_an_encoder_decoder_model_is_trained_on(
    of_pairs: LocalCounter, tiny_t5: Path, tmp_path: Path
) -> None:
    train = tmp_path / "train.jsonl"
    records = [{"messages": [QUESTION, ANSWER]}, {"messages": [QUESTION, OTHER, QUESTION, ANSWER]}]
    train.write_text("".join(json.dumps(record) + "\n" for record in records))
    _, encoder = load_encoder(str(tiny_t5), 10_000, train)
    rows = encoder.encode(train.read_text().splitlines())
    assert of_pairs.counts(records) == [
        ExampleTokens(
            len(row.input_ids) + len(row.labels),
            len(row.labels),
            0,
            max(len(row.input_ids), len(row.labels)),
        )
        for row in rows
    ]
    assert len(rows[1].input_ids) > len(rows[0].input_ids)


def test_what_lies_beyond_the_limit_of_source_and_target_is_counted(
    of_pairs: LocalCounter,
) -> None:
    record = {"prompt": QUESTION["content"], "completion": OTHER["content"]}
    (count,) = of_pairs.counts([record])
    assert isinstance(count, ExampleTokens)
    read, written = count.total - count.assistant, count.assistant
    assert read < written
    assert of_pairs.beyond(record, written - 2) == "the last 2 tokens of the answer"
    assert of_pairs.beyond(record, 1) == (
        f"the last {read - 1} tokens of the prompt and the last {written - 1} tokens of the answer"
    )
