from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.training.chat_template import ensure_chat_template
from engine.training.examples import IGNORED, ExampleEncoder, ExampleError, Tokenized

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedTokenizerBase

CHATML = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
UNPROMPTED = (
    "{% for message in messages %}"
    "<|{{ message['role'] }}|>{{ message['content'] }}<|end|>"
    "{% endfor %}"
)
FORGETFUL = (
    "{% for message in messages %}<|{{ message['role'] }}|>"
    "{% if message['role'] == 'assistant' and loop.last and '</think>' in message['content'] %}"
    "{{ message['content'] }}"
    "{% else %}{{ message['content'].split('</think>')[-1] }}{% endif %}<|end|>"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How many clips?"},
    {"role": "assistant", "content": "24 clips, \u65e5\u672c\u8a9e."},
    {"role": "user", "content": "And in June?"},
    {"role": "assistant", "content": "72."},
]


def encoded(
    tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, Any]], max_length: int = 1000
) -> Tokenized:
    (row,) = ExampleEncoder(tokenizer, max_length).encode([json.dumps({"messages": messages})])
    return row


def learned(tokenizer: PreTrainedTokenizerBase, row: Tokenized) -> list[str]:
    """The stretches of text that the model learns."""
    stretches: list[list[int]] = [[]]
    for label in row.labels:
        if label != IGNORED:
            stretches[-1].append(label)
        elif stretches[-1]:
            stretches.append([])
    return [tokenizer.decode(ids) for ids in stretches if ids]


@pytest.fixture
def asked(request: pytest.FixtureRequest, tiny_base: Path) -> PreTrainedTokenizerBase:
    """A tokenizer whose chat template a test sets."""
    from transformers import AutoTokenizer

    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(tiny_base)
    if hasattr(request, "param"):
        tokenizer.chat_template = request.param
    return tokenizer


def test_every_answer_is_learned_with_the_end_of_its_turn(asked: PreTrainedTokenizerBase) -> None:
    row = encoded(asked, TURNS)
    assert learned(asked, row) == ["24 clips, \u65e5\u672c\u8a9e.<|end|>", "72.<|end|>"]


def test_the_tokens_are_those_of_the_whole_conversation(asked: PreTrainedTokenizerBase) -> None:
    row = encoded(asked, TURNS)
    assert asked.decode(row.input_ids) == asked.apply_chat_template(TURNS, tokenize=False)
    pairs = zip(row.input_ids, row.labels, strict=True)
    assert all(label in {IGNORED, token} for token, label in pairs)


@pytest.mark.parametrize("asked", [CHATML], indirect=True)
def test_a_line_feed_after_the_end_of_a_turn_is_not_learned(
    asked: PreTrainedTokenizerBase,
) -> None:
    stretches = learned(asked, encoded(asked, TURNS))
    assert stretches == ["24 clips, \u65e5\u672c\u8a9e.<|im_end|>", "72.<|im_end|>"]


@pytest.mark.parametrize("asked", [UNPROMPTED], indirect=True)
def test_a_template_without_a_generation_prompt_shows_the_answers_too(
    asked: PreTrainedTokenizerBase,
) -> None:
    stretches = learned(asked, encoded(asked, TURNS))
    assert len(stretches) == 2
    assert stretches[0].endswith("24 clips, \u65e5\u672c\u8a9e.<|end|>")
    assert stretches[1].endswith("72.<|end|>")
    assert "clips?" not in stretches[0]


@pytest.mark.parametrize("asked", [FORGETFUL], indirect=True)
def test_a_template_that_drops_earlier_reasoning_leaves_the_answer_to_learn(
    asked: PreTrainedTokenizerBase,
) -> None:
    turns = [dict(turn) for turn in TURNS]
    turns[2]["content"] = "<think>2 times 12</think>24."
    stretches = learned(asked, encoded(asked, turns))
    assert stretches[-1] == "72.<|end|>"
    assert all("June" not in stretch for stretch in stretches)


def test_the_fallback_template_shows_the_answers(tiny_plain: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_plain)
    ensure_chat_template(tokenizer)
    end = tokenizer.eos_token
    stretches = learned(tokenizer, encoded(tokenizer, TURNS))
    assert stretches == [f"24 clips, \u65e5\u672c\u8a9e.{end}", f"72.{end}"]


def test_an_answer_of_weight_zero_is_read_but_not_learned(asked: PreTrainedTokenizerBase) -> None:
    turns: list[dict[str, Any]] = [dict(turn) for turn in TURNS]
    turns[2]["weight"] = 0
    row = encoded(asked, turns)
    assert learned(asked, row) == ["72.<|end|>"]
    assert row.input_ids == encoded(asked, TURNS).input_ids


def test_a_conversation_may_begin_with_the_answer(asked: PreTrainedTokenizerBase) -> None:
    (stretch,) = learned(asked, encoded(asked, [{"role": "assistant", "content": "Hello."}]))
    assert stretch.endswith("Hello.<|end|>")


def test_what_is_too_long_loses_its_end(asked: PreTrainedTokenizerBase) -> None:
    whole = encoded(asked, TURNS)
    cut = encoded(asked, TURNS, max_length=len(whole.input_ids) - 1)
    assert (whole.truncated, cut.truncated) == (False, True)
    assert cut.input_ids == whole.input_ids[:-1]
    assert cut.labels == whole.labels[:-1]


def test_a_line_that_is_no_example_is_named(asked: PreTrainedTokenizerBase) -> None:
    good = json.dumps({"messages": TURNS})
    with pytest.raises(ExampleError, match="line 8 is no example"):
        ExampleEncoder(asked, 1000).encode([good, '{"text": "?"}'], first_line=7)


def test_messages_that_the_template_refuses_are_named(asked: PreTrainedTokenizerBase) -> None:
    turns = [TURNS[1], TURNS[0]]
    with pytest.raises(
        ExampleError, match=r"line 1 does not fit .* the system message comes first"
    ):
        encoded(asked, turns)
