"""How likely the tokens of an answer are to the model, whatever way the answer is drawn.

Loads torch; imported with the generation.
"""

from __future__ import annotations

import torch
from transformers import LogitsProcessor

from engine.serve.events import DrawnToken, LikelyToken
from engine.serve.token_texts import TokenTexts

_LEAST = -9999.0
"""OpenAI's word for a token that cannot be: JSON has no infinity."""


class Likelihood(LogitsProcessor):  # type: ignore[misc]  # transformers ships no types
    """Looks at the model's scores for the place of each token, and changes nothing.

    `generate` lets the processors it is given see the scores before temperature and top_p change
    them. Those of one place are kept, until those of the next come.
    """

    def __init__(self, texts: TokenTexts, alternatives: int) -> None:
        """Tell of the `alternatives` likeliest tokens at each place, put into words by `texts`."""
        self._texts = texts
        self._alternatives = alternatives
        self._logprobs = torch.empty(0)
        self._first = True

    def __call__(self, _: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Take the scores of the next place, shape (1, vocabulary); returns the same."""
        self._logprobs = torch.log_softmax(scores[0], dim=-1, dtype=torch.float32)
        return scores

    def of(self, token: int) -> DrawnToken:
        """Tell of the token that was drawn for the last place seen. Once for each token."""
        count = min(self._alternatives, len(self._logprobs))
        logprobs, tokens = self._logprobs.topk(count)
        drawn = self._likely(token, self._logprobs[token].item())
        likeliest = map(self._likely, tokens.tolist(), logprobs.tolist())
        told = DrawnToken(drawn, tuple(likeliest))
        self._first = False
        return told

    def _likely(self, token: int, logprob: float) -> LikelyToken:
        text, content = self._texts.of(token, first=self._first)
        # The order matters: a broken model's NaN is neither more nor less than anything.
        return LikelyToken(text, content, max(_LEAST, logprob))
