from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import notebook
from engine.data.tokens.counting import ExampleTokens, HostedCounter, Uncounted
from engine.data.tokens.encodings import load_encoding, text_counter

QUESTION = {"role": "user", "content": "How many?"}
ANSWER = {"role": "assistant", "content": "Four."}
SYSTEM = {"role": "system", "content": "Be brief."}
TOOLS = [{"type": "function", "function": {"name": "add", "parameters": {}}}]

# A tokenizer of one token a character makes sums that can be followed.
BY_CHARACTER = HostedCounter(len)

MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["system", "user", "assistant"]),
            "content": st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        },
        optional={"name": st.text("abcxyz_", min_size=1, max_size=12)},
    ),
    min_size=1,
    max_size=6,
)


def counted(record: dict[str, Any]) -> ExampleTokens:
    (count,) = BY_CHARACTER.counts([record])
    assert not isinstance(count, Uncounted)
    return count


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which vocabularies are kept."""
    return tmp_path_factory.mktemp("tokenizers")


def test_a_message_costs_three_tokens_and_an_example_three_more() -> None:
    count = counted({"messages": [SYSTEM, QUESTION, ANSWER]})
    texts = len("system" + "Be brief." + "user" + "How many?" + "assistant" + "Four.")
    assert count == ExampleTokens(3 + 3 * 3 + texts, len("Four."), len("Be brief."), 3 + 9 + texts)


def test_a_name_costs_its_tokens_and_one_more() -> None:
    named = counted({"messages": [QUESTION | {"name": "ann"}, ANSWER]})
    assert named.total == counted({"messages": [QUESTION, ANSWER]}).total + len("ann") + 1


def test_a_weight_is_no_text() -> None:
    weighted = counted({"messages": [QUESTION, ANSWER | {"weight": 0}]})
    assert weighted == counted({"messages": [QUESTION, ANSWER]})


def test_tools_and_calls_count_as_their_json() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    calling = {"role": "assistant", "content": None, "tool_calls": [call]}
    count = counted({"messages": [QUESTION, calling], "tools": TOOLS})
    calls = len(json.dumps([call], separators=(",", ":")))
    tools = len(json.dumps(TOOLS, separators=(",", ":")))
    assert count.total == 3 + 6 + len("user" + "How many?" + "assistant") + calls + tools
    assert count.assistant == 0


def test_the_data_of_an_image_is_not_read_as_text() -> None:
    def asked(url: str) -> int:
        image = {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
        parts = [{"type": "text", "text": "What is it?"}, image]
        return counted({"messages": [{"role": "user", "content": parts}, ANSWER]}).total

    assert asked("data:image/png;base64," + "A" * 100_000) == asked("data:,")
    assert asked("data:,") > counted({"messages": [QUESTION, ANSWER]}).total


def test_of_a_preference_example_the_input_counts_once_and_both_answers_do() -> None:
    long = {"role": "assistant", "content": "There are four of them."}
    count = counted(
        {
            "input": {"messages": [QUESTION], "tools": TOOLS},
            "preferred_output": [long],
            "non_preferred_output": [ANSWER],
        }
    )
    asked = counted({"messages": [QUESTION], "tools": TOOLS}).total
    both = [3 + len("assistant" + message["content"]) for message in (long, ANSWER)]
    assert count.total == asked + sum(both)
    assert count.longest == asked + both[0]
    assert count.assistant == len(long["content"] + ANSWER["content"])


def test_a_prompt_and_its_completion_count_as_they_stand() -> None:
    assert counted({"prompt": "2 + 2 =", "completion": " 4"}) == ExampleTokens(9, 2, 0, 9)


def test_each_text_is_counted_once_and_each_system_prompt_and_role_once_for_all() -> None:
    asked: list[str] = []

    def count(text: str) -> int:
        asked.append(text)
        return 1

    HostedCounter(count).counts([{"messages": [SYSTEM, QUESTION, ANSWER]}] * 3)
    assert sorted(asked) == sorted(
        ["Be brief.", "system", "user", "assistant", *["How many?", "Four."] * 3]
    )


@pytest.mark.parametrize(
    ("limit", "cut"),
    [
        (1000, "nothing"),
        (60, "the end of messages[2]"),
        (45, "the end of messages[2]"),
        (44, "messages[2]"),
        (43, "the end of messages[1] and what follows it (1)"),
        (3, "messages[0] and what follows it (2)"),
    ],
)
def test_what_lies_beyond_a_limit_is_named(limit: int, cut: str) -> None:
    long = ANSWER | {"content": "Four, and four more." * 3}
    record = {"messages": [SYSTEM, QUESTION, long]}
    through_question = 3 + (3 + len("system" + "Be brief.")) + (3 + len("user" + "How many?"))
    limit += through_question - 44 if limit in (43, 44, 45, 60) else 0
    assert BY_CHARACTER.beyond(record, limit) == cut


def test_what_lies_beyond_a_limit_of_a_preference_example_is_in_the_longer_answer() -> None:
    record = {
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [ANSWER | {"content": "Four, and four more." * 3}],
    }
    assert BY_CHARACTER.beyond(record, 60) == "the end of non_preferred_output[0]"
    completion = {"prompt": "2 + 2 =", "completion": " 4"}
    assert BY_CHARACTER.beyond(completion, 8) == "the end of completion"


@pytest.mark.parametrize("encoding", ["o200k_base", "cl100k_base"])
@settings(max_examples=50)
@given(messages=MESSAGES)
def test_the_counts_are_those_of_openais_notebook(
    cache: Path, encoding: str, messages: list[dict[str, str]]
) -> None:
    theirs = load_encoding(encoding, cache)
    counter = HostedCounter(text_counter(encoding, cache))
    (count,) = counter.counts([{"messages": messages}])
    assert not isinstance(count, Uncounted)
    assert count.total == notebook.num_tokens_from_messages(messages, theirs)
    assert count.assistant == notebook.num_assistant_tokens_from_messages(messages, theirs)
