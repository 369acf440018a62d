from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.training.chat_template import (
    CONVERSATION_TEMPLATE,
    SOURCE_TEMPLATE,
    ensure_source_template,
)
from engine.training.examples import ExampleError, Tokenized
from engine.training.pairs import PairEncoder, are_conversations

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedTokenizerBase

QUESTION = {"role": "user", "content": " How many clips?\n"}
ANSWER = {"role": "assistant", "content": "24 clips, \u65e5\u672c\u8a9e."}
LATER = [{"role": "user", "content": "And in June?"}, {"role": "assistant", "content": "72."}]
SYSTEM = {"role": "system", "content": "Be brief."}


@pytest.fixture
def reader(tiny_t5: Path) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(tiny_t5)
    ensure_source_template(tokenizer)
    return tokenizer


def encoded(
    reader: PreTrainedTokenizerBase, *messages: dict[str, Any], kept: int = 999
) -> Tokenized:
    (row,) = PairEncoder(reader, kept).encode([json.dumps({"messages": messages})])
    return row


def texts(reader: PreTrainedTokenizerBase, *messages: dict[str, Any]) -> tuple[str, str]:
    row = encoded(reader, *messages)
    return reader.decode(row.input_ids), reader.decode(row.labels)


def test_a_prompt_is_read_as_it_stands_and_its_completion_written(
    reader: PreTrainedTokenizerBase,
) -> None:
    source, target = texts(reader, QUESTION, ANSWER)
    assert source == " How many clips?\n<|end|>"
    assert target == "24 clips, \u65e5\u672c\u8a9e.<|end|>"


def test_a_system_prompt_comes_before_the_question(reader: PreTrainedTokenizerBase) -> None:
    assert texts(reader, SYSTEM, QUESTION, ANSWER)[0] == "Be brief.\n\n How many clips?\n<|end|>"


def test_of_a_conversation_the_last_answer_is_learned(reader: PreTrainedTokenizerBase) -> None:
    source, target = texts(reader, QUESTION, ANSWER, *LATER)
    assert (source, target) == ("And in June?<|end|>", "72.<|end|>")


def test_a_model_of_conversations_reads_all_that_was_said(reader: PreTrainedTokenizerBase) -> None:
    reader.chat_template = CONVERSATION_TEMPLATE
    source, target = texts(reader, SYSTEM, QUESTION, ANSWER, *LATER)
    assert source == (
        "Be brief.\n\n### User:\n How many clips?\n\n\n"
        "### Assistant:\n24 clips, \u65e5\u672c\u8a9e.\n\n### User:\nAnd in June?<|end|>"
    )
    assert target == "72.<|end|>"
    assert texts(reader, SYSTEM, QUESTION, ANSWER)[0] == "Be brief.\n\n How many clips?\n<|end|>"


def test_a_template_of_the_models_own_writes_the_source(reader: PreTrainedTokenizerBase) -> None:
    reader.chat_template = "{% for message in messages %}[{{ message['content'] }}]{% endfor %}"
    ensure_source_template(reader, conversations=True)
    assert texts(reader, SYSTEM, LATER[0], ANSWER)[0] == "[Be brief.][And in June?]<|end|>"


def test_a_later_stage_chooses_anew_what_ftlab_chose(reader: PreTrainedTokenizerBase) -> None:
    ensure_source_template(reader, conversations=True)
    assert reader.chat_template == CONVERSATION_TEMPLATE
    ensure_source_template(reader)
    assert reader.chat_template == CONVERSATION_TEMPLATE
    ensure_source_template(reader, conversations=False)
    assert reader.chat_template == SOURCE_TEMPLATE


def test_an_answer_of_weight_zero_is_not_learned(reader: PreTrainedTokenizerBase) -> None:
    source, target = texts(reader, QUESTION, ANSWER, LATER[0], LATER[1] | {"weight": 0})
    assert (source, target) == (" How many clips?\n<|end|>", "24 clips, \u65e5\u672c\u8a9e.<|end|>")


@pytest.mark.parametrize("answer", [{"content": ""}, {"content": " "}, {"weight": 0}])
def test_without_a_word_to_learn_there_are_no_labels(
    reader: PreTrainedTokenizerBase, answer: dict[str, Any]
) -> None:
    assert encoded(reader, QUESTION, ANSWER | answer).labels == []


def test_what_is_too_long_loses_its_end(reader: PreTrainedTokenizerBase) -> None:
    whole = encoded(reader, QUESTION, ANSWER)
    cut = encoded(reader, QUESTION, ANSWER, kept=4)
    assert (whole.truncated, cut.truncated) == (False, True)
    assert cut.input_ids == [*whole.input_ids[:3], reader.eos_token_id]
    assert cut.labels == whole.labels[:4]


def test_a_tokenizer_that_ends_no_text_still_ends_answers(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    row = encoded(tokenizer, QUESTION, ANSWER)
    assert row.labels[-1] == tokenizer.eos_token_id


def test_a_line_that_is_no_example_is_named(reader: PreTrainedTokenizerBase) -> None:
    good = json.dumps({"messages": [QUESTION, ANSWER]})
    with pytest.raises(ExampleError, match="line 8 is no example"):
        PairEncoder(reader, 999).encode([good, '{"text": "?"}'], first_line=7)


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([SYSTEM, QUESTION, ANSWER], False),
        ([QUESTION, ANSWER, *LATER], True),
        ([QUESTION, LATER[0], ANSWER], True),
        ([ANSWER], False),
        ("?", False),
    ],
)
def test_conversations_are_told_from_pairs(messages: object, *, found: bool) -> None:
    assert are_conversations(["{}", json.dumps({"messages": messages})]) is found
