from __future__ import annotations

from engine.scoring.answer import Answer
from engine.scoring.measures import Cost, Latency, Length, TokensPerSecond
from engine.scoring.scorer import Score

_ANSWER = Answer("two words", completion_tokens=3, seconds=1.5, cost=0.002)
_BARE = Answer("")


def test_length_is_counted_in_characters_words_or_tokens() -> None:
    assert Length().score(_ANSWER) == Score(9.0)
    assert Length("words").score(_ANSWER) == Score(2.0)
    assert Length("tokens").score(_ANSWER) == Score(3.0)
    assert Length("tokens").unit == "tokens"
    assert Length().about.higher_is_better is None


def test_tokens_are_known_only_where_they_were_told() -> None:
    assert Length("tokens").score(_BARE) is None
    assert Length("tokens").needs == ("completion tokens",)
    assert Length().needs == ()


def test_time_and_price_are_as_recorded() -> None:
    assert Latency().score(_ANSWER) == Score(1.5)
    assert TokensPerSecond().score(_ANSWER) == Score(2.0)
    assert Cost().score(_ANSWER) == Score(0.002)


def test_what_was_not_recorded_has_no_score() -> None:
    assert Latency().score(_BARE) is None
    assert Cost().score(_BARE) is None
    assert TokensPerSecond().score(_BARE) is None
    assert TokensPerSecond().score(Answer("", completion_tokens=3, seconds=0.0)) is None
