from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.data.shapes.canonical import canonical_line
from engine.data.shapes.conversion import Conversion
from engine.data.shapes.question_answer import COLUMNS
from tests.engine.data.shapes.conftest import example_of, fault_of

GSM8K = Path(__file__).parents[5] / "shared" / "data" / "gsm8k" / "train.jsonl"


@pytest.mark.parametrize(("question", "answer"), COLUMNS)
def test_the_usual_names_of_question_and_answer_are_known(question: str, answer: str) -> None:
    example = example_of({answer: "4 ", "level": 1, question: " 2+2?"})
    assert example == {
        "messages": [
            {"role": "user", "content": " 2+2?"},
            {"role": "assistant", "content": "4 "},
        ],
        "level": 1,
    }


def test_the_system_prompt_of_open_orca_is_taken() -> None:
    row = {"id": "flan.1", "system_prompt": "Think.", "question": "q", "response": "r"}
    example = example_of(row)
    assert example["messages"][0] == {"role": "system", "content": "Think."}
    assert list(example) == ["messages", "id"]


def test_a_context_must_be_placed_by_the_user() -> None:
    row = {"context": "It rains.", "question": "Wet?", "answer": "Yes."}
    assert fault_of(row) == (
        "has a context beside question and answer. Say where it goes, for instance with "
        "--prompt '{context} {question}' --completion '{answer}'"
    )
    assert example_of(row | {"context": ""}) == example_of({"question": "Wet?", "answer": "Yes."})


def test_an_answer_that_is_no_text_is_named() -> None:
    assert fault_of({"question": "2+2", "answer": 4}) == (
        "has a number in answer, not a text. Templates write it out: name it as '{answer}' in "
        "--prompt or --completion"
    )


@pytest.mark.skipif(not GSM8K.exists(), reason="GSM8K is not on this machine")
def test_gsm8k_gives_the_same_bytes_recognized_and_by_templates_with_nothing_left_over() -> None:
    templates = Conversion("{question}", "{answer}")
    with GSM8K.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            example = example_of(row, templates)
            plain = {
                "messages": [
                    {"role": "user", "content": row["question"]},
                    {"role": "assistant", "content": row["answer"]},
                ]
            }
            assert example == plain
            assert canonical_line(example) == canonical_line(example_of(row))
