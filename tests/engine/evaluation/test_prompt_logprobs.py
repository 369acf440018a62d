"""Which tokens of a conversation count as the answer that was hoped for."""

from __future__ import annotations

import pytest

from engine.evaluation.likelihoods import ReadToken
from engine.evaluation.prompt_logprobs import PromptToken, learned, prompt_tokens, request
from engine.suites.prompts import Prompt

ASKED = Prompt(
    ({"role": "user", "content": "2 + 2?"},), reference={"role": "assistant", "content": "4"}
)


def tokens(text: str) -> list[PromptToken]:
    """Return words as tokens; `_` is a line break, and nothing is told of the first."""
    words = ["\n" if word == "_" else word for word in text.split()]
    return [PromptToken(None), *(PromptToken(word, word, -1.5, 1) for word in words[1:])]


def texts(found: list[ReadToken] | None) -> str | None:
    return None if found is None else " ".join(token.text for token in found)


@pytest.mark.parametrize(
    ("answered", "asked", "expected"),
    [
        ("<u> hi <e> _ <a> _ 4 2 <e> _", "<u> hi <e> _ <a> _", "4 2 <e>"),
        ("<u> hi <e> _ <a> _ 4 <e> _ _", "<u> hi <e> _ <a> _", "4 <e>"),
        # A template that has models think first: what it puts there is no part of the answer.
        ("<u> hi <e> <a> 4 <e>", "<u> hi <e> <a> <think> _", "4 <e>"),
        # The line break and the answer's first letter are one token, which training learns.
        ("<u> hi <e> <a> _4 2 <e>", "<u> hi <e> <a> _", "_4 2 <e>"),
        ("<u> hi <e> <a> _", "<u> hi <e> <a>", ""),
        # Another answer is begun behind it.
        ("<u> hi <e> <a> 4 <e> <a>", "<u> hi <e> <a>", None),
    ],
)
def test_the_answer_and_the_mark_that_ends_it_count(
    answered: str, asked: str, expected: str | None
) -> None:
    assert texts(learned(tokens(answered), tokens(asked))) == expected


def test_what_is_told_of_a_token_is_kept() -> None:
    answered = tokens("<u> <a> 4 <e>")
    answered[2] = PromptToken("19", "4", -20_000.0, 7)
    assert learned(answered, tokens("<u> <a>")) == [
        ReadToken("4", -9999.0, likeliest=False),
        ReadToken("<e>", -1.5, likeliest=True),
    ]


def test_a_prompt_is_read_as_vllm_tells_of_it() -> None:
    told = {"logprob": -0.5, "rank": 1, "decoded_token": " hi"}
    other = {"logprob": -0.1, "rank": 1, "decoded_token": "x"}
    said = {"prompt_logprobs": [None, {"42": told}, {"7": told | {"rank": 2}, "8": other}]}
    assert prompt_tokens(said) == [
        PromptToken(None),
        PromptToken("42", " hi", -0.5, 1),
        PromptToken("7", " hi", -0.5, 2),
    ]


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        [None],
        "all",
        [None, {}],
        [None, None],
        [None, {"1": None}],
        [None, {"1": {"logprob": None, "rank": 1}}],
        [None, {"1": {"logprob": -1.0}}],
        [None, {"1": {"logprob": True, "rank": 1}}],
    ],
)
def test_what_is_not_told_of_every_token_counts_as_not_told(told: object) -> None:
    assert prompt_tokens({"prompt_logprobs": told}) is None


def test_a_conversation_is_sent_with_the_answer_as_a_whole_turn_and_without_it() -> None:
    whole, begun = (request("m", ASKED, answered=each) for each in (True, False))
    assert whole["messages"][-1] == {"role": "assistant", "content": "4"}
    assert whole["extra_body"] == {"prompt_logprobs": 0, "add_generation_prompt": False}
    assert begun["messages"] == [{"role": "user", "content": "2 + 2?"}]
    assert begun["extra_body"] == {"prompt_logprobs": 0, "add_generation_prompt": True}
