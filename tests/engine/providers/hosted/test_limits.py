"""What headers tell of rate limits."""

from __future__ import annotations

from engine.providers.hosted.limits import Limit, limits_in


def test_limits_are_read_from_headers() -> None:
    headers = {
        "x-ratelimit-limit-requests": "5000",
        "x-ratelimit-remaining-requests": "4999",
        "x-ratelimit-reset-requests": "12ms",
        "x-ratelimit-limit-tokens": "160000",
        "x-ratelimit-remaining-tokens": "0",
    }
    requests, tokens = limits_in(headers)
    assert requests == Limit("requests", 5000, 4999, "12ms")
    assert str(requests) == "4,999 of 5,000 requests left, all back in 12ms"
    assert str(tokens) == "0 of 160,000 tokens left"


def test_what_is_not_told_or_no_number_is_left_out() -> None:
    assert list(limits_in({})) == []
    odd = {"x-ratelimit-limit-requests": "many", "x-ratelimit-remaining-requests": "1"}
    assert list(limits_in(odd)) == []
