from __future__ import annotations

from dataclasses import replace

from engine.chatting.turns import ChatTurn
from tui.turn_words import took

_WHOLE = ChatTurn("How much?", "Two euros.", "stop", 1200, 34, 0, 0.2, 1.0, cost=0.000381)


def test_an_answer_took_tokens_and_money() -> None:
    assert took(_WHOLE, hosted=True) == ["1,200 tokens in, 34 out", "$0.00038"]
    cached = replace(_WHOLE, cached_tokens=1024)
    assert took(cached, hosted=True)[0] == "1,200 tokens in (1,024 of them cached), 34 out"


def test_without_a_price_a_hosted_answer_says_so_and_a_local_one_has_none() -> None:
    unpriced = replace(_WHOLE, cost=None)
    assert took(unpriced, hosted=True) == ["1,200 tokens in, 34 out", "no price known"]
    assert took(unpriced, hosted=False) == ["1,200 tokens in, 34 out"]


def test_an_answer_that_did_not_end_by_itself_says_how_it_ended() -> None:
    cut = replace(_WHOLE, finish_reason="length")
    assert took(cut, hosted=False)[0] == "cut off at the limit of tokens"
    stopped = replace(cut, finish_reason="cancelled", prompt_tokens=None, completion_tokens=None)
    assert took(replace(stopped, cost=None), hosted=True) == ["stopped"]


def test_wishes_that_were_left_out_are_named() -> None:
    odd = replace(_WHOLE, left_out=("temperature", "seed"))
    assert took(odd, hosted=True)[-1] == (
        "without temperature and seed, which this model does not take"
    )
