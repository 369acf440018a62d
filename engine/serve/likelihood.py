"""How likely the tokens of answers are to the model, whatever way the answers are drawn.

Loads torch; imported with the generation.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LogitsProcessor

from engine.serve.events import DrawnToken, LikelyToken
from engine.serve.token_texts import TokenTexts

_LEAST = -9999.0
"""OpenAI's word for a token that cannot be: JSON has no infinity."""


class Likelihood(LogitsProcessor):  # type: ignore[misc]  # transformers ships no types
    """Looks at the model's scores for the next place of each row, and changes nothing.

    `generate` lets the processors it is given see the scores before temperature and top_p change
    them. Those of one place are kept, until those of the next come.
    """

    def __init__(self, texts: TokenTexts, alternatives: Sequence[int | None]) -> None:
        """Tell of the likeliest tokens at each place, put into words by `texts`.

        Args:
            texts: puts them into words.
            alternatives: how many of them for each row; None where nothing is wanted.
        """
        self._texts = texts
        self._alternatives = alternatives
        self._rows = [row for row, count in enumerate(alternatives) if count is not None]
        self._logprobs = torch.empty(0)
        self._likeliest: tuple[list[list[float]], list[list[int]]] = ([], [])

    def __call__(self, _: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Take the scores of the next place, shape (rows, vocabulary); returns the same."""
        wanted = scores if len(self._rows) == len(scores) else scores[self._rows]
        self._logprobs = torch.log_softmax(wanted, dim=-1, dtype=torch.float32)
        most = max(self._alternatives[row] or 0 for row in self._rows)
        logprobs, tokens = self._logprobs.topk(min(most, self._logprobs.shape[1]))
        self._likeliest = logprobs.tolist(), tokens.tolist()
        return scores

    def of(self, row: int, token: int, *, first: bool) -> DrawnToken:
        """Tell of the token that was drawn for the last place seen.

        Args:
            row: which row it was drawn for, one of which something is wanted.
            token: its id.
            first: whether the answer begins with it.
        """
        place, count = self._rows.index(row), self._alternatives[row]
        logprobs, tokens = self._likeliest[0][place][:count], self._likeliest[1][place][:count]
        drawn = self._likely(token, self._logprobs[place, token].item(), first=first)
        likeliest = [
            self._likely(other, logprob, first=first)
            for other, logprob in zip(tokens, logprobs, strict=True)
        ]
        return DrawnToken(drawn, tuple(likeliest))

    def _likely(self, token: int, logprob: float, *, first: bool) -> LikelyToken:
        text, content = self._texts.of(token, first=first)
        return LikelyToken(text, content, in_json(logprob))


def in_json(logprob: float) -> float:
    """Return a log probability as JSON can hold it."""
    # The order matters: a broken model's NaN is neither more nor less than anything.
    return max(_LEAST, logprob)
