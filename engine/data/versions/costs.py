"""What a version comes to in a model's tokens, and what training on it would cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.reading.files import read_rows
from engine.data.tokens.dataset import count_tokens
from engine.data.tokens.distribution import Distribution
from engine.data.versions.checks import STORED, Progress, counted_fact, tokenizer_of, told
from engine.pricing.catalogue import catalogue
from engine.pricing.estimate import Estimate, estimate
from engine.pricing.savings import Excess, Saving, savings
from store.queries import datasets as queries
from store.times import now

if TYPE_CHECKING:
    from engine.data.tokens.tokenizer import TokenizerSpec
    from engine.lab import Lab
    from store.queries.datasets import CountRow, DatasetRow


@dataclass(frozen=True, slots=True)
class TokenCount:
    """A version's tokens, and what training on it would cost where a price is known.

    Attributes:
        version: the dataset version.
        model: whose tokens they are.
        tokenizer: what counted them.
        tokens: of each example.
        assistant_tokens: those that the assistant says, in total.
        cost: what a training would cost; None if no price is known.
        savings: ways to make it cheaper.
    """

    version: DatasetRow
    model: str
    tokenizer: str
    tokens: Distribution
    assistant_tokens: int
    cost: Estimate | None
    savings: list[Saving]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain JSON."""
        return {
            "dataset": self.version.id,
            "model": self.model,
            "tokenizer": self.tokenizer,
            "tokens": self.tokens.to_json(),
            "assistant_tokens": self.assistant_tokens,
            "cost": self.cost.to_json() if self.cost else None,
            "savings": [saving.to_json() for saving in self.savings],
        }


def count_version(
    lab: Lab,
    reference: str,
    model: str,
    *,
    epochs: int | None = None,
    progress: Progress | None = None,
) -> TokenCount:
    """Count a version's tokens, once: the numbers are kept with it.

    Args:
        lab: where it is.
        reference: the version.
        model: whose tokens to count, hosted or local.
        epochs: how often a training goes through it; by the provider's rule if left out.
        progress: told of bytes read.

    Raises:
        DataError: if nothing is known of the model, or examples cannot be counted.
        NotFoundError: if there is no such version.
    """
    version = queries.dataset(lab.database.reader, reference)
    tokenizer = tokenizer_of(lab, model)
    counted = _known(lab, version, tokenizer.label)
    if counted is None:
        _count(lab, version, tokenizer, progress)
        counted = _known(lab, version, tokenizer.label)
    if counted is None:
        raise DataError(f"{version.name}@{version.version} has examples that cannot be counted")
    tokens = Distribution.unpack(lab.blobs.read(str(counted.lengths)))
    cost, ways = _cost(lab, model, tokens, counted, epochs)
    return TokenCount(version, model, tokenizer.label, tokens, counted.assistant_tokens, cost, ways)


def _count(
    lab: Lab, version: DatasetRow, tokenizer: TokenizerSpec, progress: Progress | None
) -> None:
    """Count and record the tokens of every example.

    Raises:
        DataError: if some examples cannot be counted (a chat template refuses them).
    """
    with read_rows(lab.blobs.verified(version.content), STORED) as rows:
        found = count_tokens(told(rows, progress), tokenizer)
    if found.uncounted:
        raise DataError(
            f"{found.uncounted} examples of {version.name}@{version.version} cannot be counted: "
            f"`ftlab data check {version.name}@{version.version}` names them"
        )
    lab.log.append(f"dataset/{version.name}", counted_fact(lab, version, found))


def _known(lab: Lab, version: DatasetRow, tokenizer: str) -> CountRow | None:
    counts = queries.counts_of(lab.database.reader, version.id)
    return next((row for row in counts if row.tokenizer == tokenizer and row.lengths), None)


def _cost(
    lab: Lab, model: str, tokens: Distribution, counted: CountRow, epochs: int | None
) -> tuple[Estimate | None, list[Saving]]:
    prices = catalogue(lab.places.prices)
    known = prices.get(model)
    if known is None or known.training_price is None:
        return None, []
    cost = estimate(tokens, known, epochs)
    statistics = json.loads(counted.statistics_json)
    repeats = statistics.get("duplicates") or {}
    excess = Excess(
        duplicates=repeats.get("examples") or 0,
        duplicate_tokens=repeats.get("tokens") or 0,
        system_tokens=statistics.get("system") or 0,
    )
    today: date = now().date()
    return cost, savings(cost, tokens, prices, excess=excess, day=today)
