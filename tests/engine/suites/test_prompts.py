from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import LabError
from engine.lab import Lab
from engine.suites.prompts import (
    Prompt,
    content_of,
    digest_of,
    distinct,
    keep,
    kept,
    prompt_of,
    text_of,
    unrepeated,
)

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_MESSAGE = st.fixed_dictionaries({"role": st.just("user"), "content": _TEXT})
_PROMPTS = st.builds(
    Prompt,
    st.lists(_MESSAGE, min_size=1, max_size=3).map(tuple),
    reference=st.none() | st.fixed_dictionaries({"role": st.just("assistant"), "content": _TEXT}),
    part=st.sampled_from([None, "training", "suite"]),
)


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


@given(_PROMPTS)
def test_what_is_written_is_read_back(prompt: Prompt) -> None:
    assert Prompt.from_json(json.loads(json.dumps(prompt.to_json()))) == prompt


@given(_PROMPTS)
def test_what_was_hoped_for_and_where_it_is_from_do_not_make_another_question(
    prompt: Prompt,
) -> None:
    assert Prompt(prompt.messages, prompt.tools).digest == prompt.digest


@given(st.dictionaries(_TEXT, st.integers() | _TEXT, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    assert digest_of(dict(reversed(value.items()))) == digest_of(value)


def test_tools_make_another_question() -> None:
    tool = {"type": "function", "function": {"name": "price"}}
    assert Prompt((user("Hi"),), (tool,)).digest != Prompt((user("Hi"),)).digest


def test_prompts_are_kept_under_their_content(lab: Lab) -> None:
    prompts = [Prompt((user("One"),)), Prompt((user("Zwei 🦊"),), part="suite")]
    content, size = keep(lab.blobs, prompts)
    assert list(kept(lab.blobs, content)) == prompts
    assert content == content_of(prompts)
    assert size == len(lab.blobs.read(content))


def test_the_same_question_is_asked_once_and_the_first_counts() -> None:
    first = Prompt((user("Hi"),), reference={"role": "assistant", "content": "Hello"})
    assert distinct([first, Prompt((user("Hi"),)), Prompt((user("Bye"),))]) == [
        first,
        Prompt((user("Bye"),)),
    ]


def test_rows_that_ask_the_same_stay_if_they_hope_for_something_else() -> None:
    hello, hey = (
        Prompt((user("Hi"),), reference={"role": "assistant", "content": text})
        for text in ("Hello", "Hey")
    )
    unsaid = Prompt((user("Hi"),))
    assert unrepeated([hello, hey, hello, unsaid, unsaid]) == [hello, hey, unsaid]


def test_a_preference_example_asks_its_input_and_hopes_for_the_preferred_output() -> None:
    prompt = prompt_of(
        {
            "input": {"messages": [user("Hi")], "tools": [{"type": "function"}]},
            "preferred_output": [{"role": "assistant", "content": "Hello"}],
            "non_preferred_output": [{"role": "assistant", "content": "What?"}],
        }
    )
    assert prompt == Prompt(
        (user("Hi"),), ({"type": "function"},), {"role": "assistant", "content": "Hello"}
    )


def test_the_functions_of_older_files_are_tools() -> None:
    prompt = prompt_of({"messages": [user("Hi")], "functions": [{"name": "price"}]})
    assert prompt is not None
    assert prompt.tools == ({"type": "function", "function": {"name": "price"}},)


def test_an_example_that_begins_with_its_answer_asks_nothing() -> None:
    assert prompt_of({"messages": [{"role": "assistant", "content": "Hello"}]}) is None


def test_a_system_prompt_is_added_where_there_is_none() -> None:
    own = Prompt(({"role": "developer", "content": "Mine"}, user("Hi")))
    assert own.with_system("Yours") == own
    assert Prompt((user("Hi"),)).with_system("Yours").messages[0] == {
        "role": "system",
        "content": "Yours",
    }


def test_the_text_of_a_message_is_its_content_or_what_stands_for_it() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}]
    assert text_of({"role": "user", "content": parts}) == "a b"
    assert text_of({"role": "user", "content": ["a", 5]}) == ""
    assert text_of({"content": None, "refusal": "No."}) == "No."
    assert "price" in text_of({"tool_calls": [{"function": {"name": "price"}}]})
    assert text_of(None) == ""


def test_half_a_character_cannot_be_asked() -> None:
    with pytest.raises(LabError, match="surrogate"):
        _ = Prompt((user("\ud83e"),)).digest
