from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.checking.fingerprints import (
    NO_PROMPT,
    Fingerprints,
    digest,
    hash_of,
    key_of,
    plain_key,
    repeated,
    same_prompts,
    shared,
)
from tests.engine.data.checking.conftest import ANSWER, QUESTION, SYSTEM, TOOLS, asked, chat

OTHER = ANSWER | {"content": "25 clips."}
KEYS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30)


def kept(pairs: list[tuple[int, int]]) -> Fingerprints:
    """Examples of these prompts and answers, on lines 1, 2, 3, …"""
    keys = Fingerprints()
    made = [plain_key(bytes([prompt]), bytes([answer])) for prompt, answer in pairs]
    keys.add(range(1, len(made) + 1), made)
    return keys


def prompt_of(record: dict[str, Any]) -> bytes:
    """The half of its key that stands for the prompt."""
    return key_of(record)[:8]


def answer_of(record: dict[str, Any]) -> bytes:
    """The half that stands for the answer."""
    return key_of(record)[8:]


def test_the_answer_is_the_last_of_the_assistants_and_the_prompt_all_the_rest() -> None:
    example = chat(SYSTEM, QUESTION, ANSWER)
    assert prompt_of(chat(SYSTEM, QUESTION, OTHER)) == prompt_of(example)
    assert answer_of(chat(SYSTEM, QUESTION, OTHER)) != answer_of(example)
    assert answer_of(chat(QUESTION, ANSWER)) == answer_of(example)
    assert prompt_of(chat(QUESTION, ANSWER)) != prompt_of(example)


@pytest.mark.parametrize(
    "other",
    [
        chat(QUESTION, ANSWER, tools=TOOLS),
        chat(QUESTION, ANSWER, functions=[TOOLS[0]["function"]]),
        chat(QUESTION | {"name": "ann"}, ANSWER),
        chat(QUESTION | {"role": "system"}, ANSWER),
        chat(QUESTION, ANSWER, QUESTION),
        chat(QUESTION, ANSWER, QUESTION, ANSWER),
        chat(ANSWER, QUESTION, ANSWER),
    ],
)
def test_another_prompt_has_another_key(other: dict[str, Any]) -> None:
    assert prompt_of(other) != prompt_of(chat(QUESTION, ANSWER))


def test_the_order_of_keys_does_not_matter() -> None:
    backwards = {"content": "24 clips.", "role": "assistant"}
    assert key_of(chat(QUESTION, backwards)) == key_of(chat(QUESTION, ANSWER))
    weighted = [{"weight": 1, **ANSWER}, {**ANSWER, "weight": 1}]
    assert len({key_of(chat(QUESTION, answer)) for answer in weighted}) == 1


def test_a_preference_example_is_found_by_its_input_and_both_outputs() -> None:
    pair = {
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [OTHER],
    }
    turned = pair | {"preferred_output": [OTHER], "non_preferred_output": [ANSWER]}
    assert prompt_of(pair) == prompt_of(turned) == prompt_of(chat(QUESTION, ANSWER))
    assert answer_of(pair) != answer_of(turned)


def test_what_has_no_prompt_shares_none() -> None:
    keys = Fingerprints()
    silent = chat(QUESTION | {"content": ""}, ANSWER)
    promptless = {"prompt": "", "completion": "a"}
    keys.add([1, 2, 3], [key_of(chat(ANSWER)), key_of(promptless), key_of(silent)])
    assert list(keys.prompts) == [NO_PROMPT, NO_PROMPT, NO_PROMPT]


def test_a_prompt_with_its_completion_is_found_as_the_chat_that_is_made_of_it() -> None:
    assert key_of({"prompt": "a?", "completion": "b"}) == key_of(asked("a?", "b"))


def test_what_is_null_is_not_there() -> None:
    row = chat(QUESTION | {"name": None}, ANSWER | {"tool_calls": None, "weight": None})
    assert key_of(row) == key_of(chat(QUESTION, ANSWER))


def test_the_weight_of_an_answer_makes_another_example_but_no_other_answer() -> None:
    answers = [ANSWER, ANSWER | {"weight": 0}, ANSWER | {"weight": 1}]
    keys = Fingerprints()
    keys.add(range(1, 4), [key_of(chat(QUESTION, answer)) for answer in answers])
    found = repeated(keys)
    assert list(found.same_as) == [0, 0, 0]
    assert list(found.answers_otherwise) == [0, 0, 0]
    keys.add([4, 5], [key_of(chat(QUESTION, answer)) for answer in (OTHER, answers[1])])
    found = repeated(keys)
    assert (list(found.same_as), found.numbers()) == ([0, 0, 0, 0, 2], [4])
    assert list(found.answers_otherwise) == [0, 0, 0, 1, 0]


def test_a_hash_is_the_same_in_every_process() -> None:
    assert digest(b"ftlab").hex() == "57804ef233fd2c30"
    assert hash_of("ftlab") == int.from_bytes(digest(b"ftlab"), sys.byteorder)


@given(pairs=KEYS)
def test_all_examples_that_share_a_prompt_are_found(pairs: list[tuple[int, int]]) -> None:
    expected: dict[int, list[int]] = {}
    for number, (prompt, _) in enumerate(pairs):
        expected.setdefault(prompt, []).append(number)
    several = sorted(numbers for numbers in expected.values() if len(numbers) > 1)
    assert sorted(same_prompts(kept(pairs))) == several


@given(ours=KEYS, theirs=KEYS)
def test_all_examples_that_are_in_another_dataset_are_found(
    ours: list[tuple[int, int]], theirs: list[tuple[int, int]]
) -> None:
    prompts = {prompt for prompt, _ in theirs}
    expected = [(number, pair in theirs) for number, pair in enumerate(ours) if pair[0] in prompts]
    found = sorted(shared(kept(ours), kept(theirs)))
    assert [(example.number, example.whole) for example in found] == expected
    for example in found:
        prompt, answer = theirs[example.line - 1]
        assert prompt == ours[example.number][0]
        assert (answer == ours[example.number][1]) == example.whole


def test_the_first_of_several_equals_is_named() -> None:
    ours = Fingerprints()
    ours.add([7], [key_of(asked("a", "b"))])
    theirs = Fingerprints()
    theirs.add([3, 5], [key_of(asked("a", "b"))] * 2)
    assert [example.line for example in shared(ours, theirs)] == [3]
