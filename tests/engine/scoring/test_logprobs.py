from __future__ import annotations

from typing import Any

import pytest

from engine.scoring.answer import Tokens
from engine.scoring.logprobs import tokens_told


def _token(text: str, logprob: object, *rivals: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "top_logprobs": [{"logprob": r} for r in rivals]}


def test_chat_completions_tell_their_tokens_one_by_one() -> None:
    told = {"content": [_token("a", 0.0, 0.0, -9.0), _token("b", -2, -0.5, -2.0)]}
    assert tokens_told(told) == Tokens((0.0, -2.0), (True, False), ("a", "b"))


def test_older_completions_tell_them_in_columns() -> None:
    told = {
        "tokens": ["a", "b"],
        "token_logprobs": [-0.1, -2.0],
        "top_logprobs": [{"a": -0.1}, {"c": -0.5, "b": -2.0}],
    }
    assert tokens_told(told) == Tokens((-0.1, -2.0), (True, False), ("a", "b"))


def test_what_is_not_told_of_every_token_is_left_out() -> None:
    told = {"content": [_token("a", -1.0, -1.0), {"logprob": -2.0}]}
    assert tokens_told(told) == Tokens((-1.0, -2.0))


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        {"content": []},
        {"content": None},
        {"content": [7, None]},
        {"content": [_token("a", -1.0), _token("b", None)]},
        {"content": [_token("a", True)]},
        {"content": [_token("a", float("nan"))]},
        {"token_logprobs": "x"},
        {"tokens": ["a"], "token_logprobs": [None]},
    ],
)
def test_where_a_tokens_probability_is_missing_nothing_is_known(
    told: dict[str, Any] | None,
) -> None:
    assert tokens_told(told) is None
