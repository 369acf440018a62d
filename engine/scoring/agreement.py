"""How far an answer agrees with what was said to the same prompt in another recording.

What a model disagrees with itself by, asked twice, is the measure of what another model's
disagreement means: the same scorers tell both.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import ClassVar, Literal

from engine.scoring.answer import Answer, Tokens
from engine.scoring.matching import normalized, verdict
from engine.scoring.scorer import About, Score, Scorer


@dataclass(frozen=True, slots=True)
class Agreement(Scorer):
    """Whether two answers are the same, refusals included.

    Attributes:
        by: what is the same: `exact` texts but for the space around them, or `normalized` ones,
            without case, punctuation, articles and needless space.
    """

    about: ClassVar[About] = About(
        "agreement",
        "the answer is the same as in another recording",
        ("another recording",),
        main="by",
    )
    by: Literal["exact", "normalized"] = "exact"

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0; None where the other recording has no answer."""
        if answer.other is None:
            return None
        if (answer.refusal is None) != (answer.other.refusal is None):
            return verdict(False, "only one of them is a refusal")
        return verdict(self._meaning(answer) == self._meaning(answer.other))

    def _meaning(self, answer: Answer) -> tuple[str, str]:
        reduced = normalized if self.by == "normalized" else str.strip
        return reduced(answer.text), reduced(answer.refusal or "")


@dataclass(frozen=True, slots=True)
class LogprobDistance(Scorer):
    """How far apart two models hold the same tokens to be likely.

    Tokens can be compared up to the first one that differs: until there, both had read the same.
    """

    about: ClassVar[About] = About(
        "logprob_distance",
        "the mean distance of the tokens' log probabilities from those of another recording, "
        "up to the first token that differs",
        ("log probabilities", "another recording"),
        higher_is_better=False,
        unit="nats a token",
        high=None,
    )

    def score(self, answer: Answer) -> Score | None:
        """Return the mean distance; None without log probabilities of the same tokens in both."""
        if answer.other is None or answer.tokens is None or answer.other.tokens is None:
            return None
        one, other = answer.tokens, answer.other.tokens
        count = _common(one, other, same_text=answer.text == answer.other.text)
        if count == 0:
            return None
        pairs = zip(one.logprobs[:count], other.logprobs[:count], strict=True)
        distance = sum(abs(mine - theirs) for mine, theirs in pairs) / count
        return Score(distance, f"{count:,} of {len(one.logprobs):,} tokens")


def _common(one: Tokens, other: Tokens, *, same_text: bool) -> int:
    """Return how many tokens two answers begin with that are the same."""
    if one.texts and other.texts:
        pairs = zip(one.texts, other.texts, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    # Without the tokens' texts, the same answer in as many tokens is taken for the same tokens.
    if same_text and len(one.logprobs) == len(other.logprobs):
        return len(one.logprobs)
    return 0
