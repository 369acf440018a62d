"""Which scorers a suite is scored by: its own, or those that its answers suggest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from engine.scoring.likelihood import Perplexity, TokenAccuracy, TokenLoss
from engine.scoring.matching import ExactMatch, NormalizedMatch
from engine.scoring.numbers import NumberMatch
from engine.scoring.overlap import EditSimilarity, RougeL
from engine.scoring.registry import from_json, identity
from engine.scoring.structured import JsonValid
from engine.suites.prompts import Prompt, text_of

if TYPE_CHECKING:
    from engine.scoring.scorer import Scorer
    from store.queries.suites import SuiteRow

_ANSWER_MARK = "####"
"""What stands before the number in the answers of GSM8K (arxiv.org/abs/2110.14168)."""

_SHORT = 60
"""Characters up to which an answer can be expected to be given letter by letter."""

_OF_REFERENCES: tuple[Scorer, ...] = (Perplexity(), TokenAccuracy())


def scorers_for(
    suite: SuiteRow, prompts: Sequence[Prompt], wished: Sequence[Scorer] = ()
) -> tuple[Scorer, ...]:
    """Return the scorers of a suite and those that are wished for, each once.

    Where there are neither, those that suit the answers that are hoped for, which may be none.

    Raises:
        ScorerError: if a scorer of the suite is not installed here.
    """
    chosen = [*map(from_json, json.loads(suite.scorers_json)), *wished] or usual_scorers(prompts)
    return tuple({identity(scorer): scorer for scorer in chosen}.values())


def usual_scorers(prompts: Sequence[Prompt]) -> list[Scorer]:
    """Return the scorers that suit the answers that are hoped for."""
    hoped_for = [text_of(prompt.reference) for prompt in prompts if prompt.reference is not None]
    if not hoped_for:
        return []
    if all(_ANSWER_MARK in text for text in hoped_for):
        return [NumberMatch(), *_OF_REFERENCES]
    if all(map(_is_object, hoped_for)):
        return [JsonValid(), ExactMatch(), *_OF_REFERENCES]
    if median(map(len, hoped_for)) <= _SHORT:
        return [ExactMatch(), NormalizedMatch(), *_OF_REFERENCES]
    return [RougeL(), EditSimilarity(), *_OF_REFERENCES]


def reads_references(scorer: Scorer) -> bool:
    """Tell whether a scorer wants to know how likely a model holds what was hoped for."""
    return isinstance(scorer, TokenLoss | Perplexity | TokenAccuracy) and scorer.of == "reference"


def reads_answers(scorer: Scorer) -> bool:
    """Tell whether a scorer wants to know how likely a model held what it said."""
    return "log probabilities" in scorer.needs and not reads_references(scorer)


def needs_another(scorer: Scorer) -> bool:
    """Tell whether a scorer holds an answer beside that of another model."""
    return "another recording" in scorer.needs


def _is_object(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
