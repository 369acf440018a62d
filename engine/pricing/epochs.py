"""How often a provider goes through the examples unless told otherwise."""

from __future__ import annotations

TARGET = 3
LEAST, MOST = 1, 25
LEAST_SEEN, MOST_SEEN = 100, 25_000


def default_epochs(examples: int) -> int:
    """Return the epochs that OpenAI's cookbook expects by default.

    Three; more, so that examples x epochs comes near 100, but 25 at most; fewer, so that it stays
    under 25,000, but 1 at least.

    Args:
        examples: how many there are; without any it is three.
    """
    if examples < 1:
        return TARGET
    if examples * TARGET < LEAST_SEEN:
        return min(MOST, LEAST_SEEN // examples)
    if examples * TARGET > MOST_SEEN:
        return max(LEAST, MOST_SEEN // examples)
    return TARGET
