from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.cleaning.cleaner import Cleaned, Cleaner
from engine.data.cleaning.recipe import Recipe
from engine.data.cleaning.secrets import secrets_of
from engine.data.cleaning.steps import STEP_NAMES
from engine.data.shapes.example import Record
from tests.engine.data.cleaning.conftest import Chat

PIECES = (
    "a|é|it's| |\n|\r\n|\t|\x0b|\u2028|\x85|\x92|Ã|Â|Ã©|â€™|â|€|\x80|\xa0|\u3000|ð|Ÿ|Ã\xa0|\ud83d"
    "|\ude00|\u200b|\u200c|\u200d|\u202e|\ufeff|\u00ad|می|👩|🔧|🏴|\U000e0067|\U000e007f|\x1b"
    "|[31m|\x00|\ufffd|`|```|```\n|    x|&#39;|&|<|t|{|[1,|joe@x.com|@|AKIAIOSFODNN7EXAMPLE"
    "|+49 30 901820|555-123-4567|4111 1111 1111 1111|1|.|-|key=|tel |phone "
)
TEXT = st.lists(st.sampled_from(PIECES.split("|")), min_size=1, max_size=14).map("".join)


def cleaned(recipe: str, record: Record) -> Cleaned:
    return Cleaner(Recipe.parse(recipe)).clean(record)


def test_every_step_is_counted_by_the_texts_it_changed(chat: Chat) -> None:
    record = chat("  cafÃ© \n", "Write to joe@example.com ", "x", "y\u200b")
    result = cleaned("all", record)
    assert result.record == chat("café", "Write to [EMAIL]", "x", "y")
    assert result.changes == {
        "fix-encoding": 1,
        "strip": 2,
        "mask-secrets": 1,
        "drop-invisible": 1,
    }
    assert result.dropped_by is None


def test_an_example_that_is_clean_comes_back_as_the_same_object(chat: Chat) -> None:
    record = chat("What is 2 + 2?", "It is <<2+2=4>>4.\n#### 4")
    result = cleaned("all", record)
    assert result.record is record
    assert result.changes == {}


def test_the_example_given_is_not_changed(chat: Chat) -> None:
    record = chat(" q ", " a ")
    before = copy.deepcopy(record)
    assert cleaned("all", record).record == chat("q", "a")
    assert record == before


def test_whoever_leaves_an_example_out_is_named(chat: Chat) -> None:
    assert cleaned("all", chat("q", " \u200b")).dropped_by == "drop-empty"
    assert cleaned("all", chat("q", '{"a": ')).dropped_by == "drop-truncated"
    assert cleaned("strip", chat("q", " ")).record == chat("q", "")


def test_what_one_step_brings_to_light_the_others_mend(chat: Chat) -> None:
    result = cleaned("all", chat("q", "caf\u00c3\u200b\u00a9"))
    assert result.record == chat("q", "café")
    assert result.changes == {"fix-encoding": 1, "drop-invisible": 1}


def test_parts_of_a_content_and_both_preferred_answers_are_cleaned() -> None:
    record = {
        "input": {"messages": [{"role": "user", "content": [{"type": "text", "text": " q "}]}]},
        "preferred_output": [{"role": "assistant", "content": "a "}],
        "non_preferred_output": [{"role": "assistant", "content": "b "}],
        "source": " kept as it is ",
    }
    result = cleaned("strip", record)
    assert result.changes == {"strip": 3}
    assert result.record == {
        "input": {"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}]},
        "preferred_output": [{"role": "assistant", "content": "a"}],
        "non_preferred_output": [{"role": "assistant", "content": "b"}],
        "source": " kept as it is ",
    }


def test_whatever_an_example_says_is_masked_its_columns_included(chat: Chat) -> None:
    record = chat("q", "a") | {"customer": "joe@example.com", "ids": ["7", "ann@example.com"]}
    record["messages"][0]["name"] = "joe@example.com"
    result = cleaned("mask-secrets", record)
    assert result.changes == {"mask-secrets": 3}
    assert result.record is not None
    assert result.record["customer"] == "[EMAIL]"
    assert result.record["ids"] == ["7", "[EMAIL]"]
    assert result.record["messages"][0]["name"] == "[EMAIL]"
    assert record["customer"] == "joe@example.com"
    assert cleaned("mask-secrets", result.record) == Cleaned(result.record, {}, None)


def test_other_steps_leave_columns_alone(chat: Chat) -> None:
    record = chat("q", "a") | {"note": "  cafÃ© \u200b\x07 ", "n": 3}
    assert cleaned("all", record).record is record


def test_what_a_check_finds_the_mask_hides() -> None:
    call = {"name": "log_in", "arguments": '{"password": "Tr0ub4dor&3xyz", "phone": 5552671234}'}
    record = {
        "messages": [
            {"role": "user", "content": "Log in"},
            {"role": "assistant", "content": None, "function_call": call},
        ]
    }
    assert {found.kind for found in secrets_of(1, record)} == {"key", "phone"}
    hidden = cleaned("mask-secrets", record).record
    assert hidden is not None
    assert list(secrets_of(1, hidden)) == []


def test_what_tools_are_called_with_is_masked_but_not_mended_otherwise() -> None:
    arguments = '{"to": "joe@example.com", "text": " Ã© "}'
    call = {"id": "1", "type": "function", "function": {"name": "send", "arguments": arguments}}
    record = {
        "messages": [
            {"role": "user", "content": "Send it"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
        ]
    }
    result = cleaned("all", record)
    assert result.changes == {"mask-secrets": 1}
    assert result.record is not None
    masked = result.record["messages"][1]["tool_calls"][0]["function"]["arguments"]
    assert masked == '{"to": "[EMAIL]", "text": " Ã© "}'
    assert cleaned("all", result.record).record is result.record


@settings(max_examples=100)
@given(st.sampled_from([*STEP_NAMES, "all"]), TEXT, TEXT)
def test_cleaning_twice_is_cleaning_once(recipe: str, question: str, answer: str) -> None:
    cleaner = Cleaner(Recipe.parse(recipe))
    messages = [("user", question), ("assistant", answer)]
    record = {"messages": [{"role": role, "content": text} for role, text in messages]}
    once = cleaner.clean(record)
    if once.record is not None:
        assert cleaner.clean(once.record) == Cleaned(once.record, {}, None)


def test_real_exercises_are_clean_already(exercises: list[Record]) -> None:
    cleaner = Cleaner(Recipe.parse("all"))
    for record in exercises:
        assert cleaner.clean(record) == Cleaned(record, {}, None)


def test_a_cleaner_travels_to_another_process(chat: Chat) -> None:
    cleaner = Cleaner(Recipe.parse("all,mask-secrets:email"))
    copied = pickle.loads(pickle.dumps(cleaner))  # noqa: S301 - our own bytes
    record = chat(" q ", "joe@example.com or +1 415 555 2671")
    assert copied.clean(record) == cleaner.clean(record)
    assert copied.keys(record) == cleaner.keys(record)


@pytest.mark.parametrize(
    ("recipe", "given_keys"),
    [
        ("strip", (False, False, False)),
        ("dedupe", (True, False, False)),
        ("dedupe-prompts", (False, True, False)),
        ("near-dedupe", (False, False, True)),
        ("all", (True, False, True)),
    ],
)
def test_only_the_keys_that_the_recipe_needs_are_made(
    chat: Chat, recipe: str, given_keys: tuple[bool, ...]
) -> None:
    keys = Cleaner(Recipe.parse(recipe)).keys(chat("q", "a"))
    assert tuple(key is not None for key in keys) == given_keys
