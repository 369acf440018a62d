"""Keeping how likely a model holds an answer that was hoped for, whoever told it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from engine.evaluation.answers import reference_digest
from store.log import Entry

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.suites.prompts import Prompt


class ReadToken(NamedTuple):
    """A token of an answer that was hoped for.

    Attributes:
        text: the token, as text.
        logprob: the natural logarithm of its probability.
        likeliest: whether the model held no other token likelier at its place.
    """

    text: str
    logprob: float
    likeliest: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where it is recorded what a model makes of references.

    Attributes:
        lab: where that is.
        subject: what the model's answers are recorded under.
        evaluation: the id of the evaluation that wants to know.
        cause: the seq of the event with its plan.
    """

    lab: Lab
    subject: str
    evaluation: str
    cause: int

    def record(
        self,
        prompt: Prompt,
        tokens: Sequence[ReadToken],
        paid: Mapping[str, float | int | None] | None = None,
    ) -> None:
        """Record how likely the model holds a prompt's reference.

        Args:
            prompt: whose reference.
            tokens: all of it that training would learn.
            paid: the tokens that a service counted for it, and US dollars; kept beside them.
        """
        from store.events import ReferenceRead

        kept: dict[str, object] = {
            "texts": [token.text for token in tokens],
            "logprobs": [token.logprob for token in tokens],
            "likeliest": [token.likeliest for token in tokens],
        }
        if paid is not None:
            kept["paid"] = dict(paid)
        reference = reference_digest(prompt)
        fact = ReferenceRead(
            evaluation=self.evaluation,
            prompt=prompt.digest,
            reference=reference,
            tokens=len(tokens),
            loss=-math.fsum(token.logprob for token in tokens) or 0.0,
            likeliest=sum(token.likeliest for token in tokens),
            content=self.lab.blobs.put(json.dumps(kept, ensure_ascii=False).encode()),
        )
        key = f"reference:{prompt.digest}:{reference}"
        self.lab.log.append(f"answers/{self.subject}", Entry(fact, key=key, cause=self.cause))
