"""What a version comes to in a model's tokens, and what training on it would cost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from engine.data.tokens.distribution import Distribution
from engine.data.versions.checks import tokenizer_of
from engine.data.versions.counting import count_key, count_tokens, counted_fact
from engine.data.versions.row_sources import Progress, RowSource
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
        assistant: what describes the tokens that the assistant says in an example, as
            `Distribution.to_json` gives it.
        messages: the same of the messages of an example.
        cost: what a training would cost; None if no price is known.
        missing: what is not known of a hosted model, and where it can be written.
        savings: ways to make it cheaper.
    """

    version: DatasetRow
    model: str
    tokenizer: str
    tokens: Distribution
    assistant: dict[str, Any]
    messages: dict[str, Any]
    cost: Estimate | None
    missing: str | None
    savings: list[Saving]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain JSON."""
        return {
            "dataset": self.version.id,
            "model": self.model,
            "tokenizer": self.tokenizer,
            "tokens": self.tokens.to_json(),
            "assistant_tokens": self.assistant["total"],
            "assistant": self.assistant,
            "messages": self.messages,
            "cost": self.cost.to_json() if self.cost else None,
            "missing": self.missing,
            "savings": [saving.to_json() for saving in self.savings],
        }


def count_version(
    lab: Lab,
    reference: str,
    model: str,
    *,
    epochs: int | None = None,
    day: date | None = None,
    progress: Progress | None = None,
) -> TokenCount:
    """Count a version's tokens, once: the numbers are kept with it.

    Args:
        lab: where it is.
        reference: the version.
        model: whose tokens to count, hosted or local.
        epochs: how often a training goes through it; by the provider's rule if left out.
        day: when a training would begin; today if left out.
        progress: told of bytes read.

    Raises:
        DataError: if nothing is known of the model, or examples cannot be counted.
        NotFoundError: if there is no such version.
    """
    version = queries.dataset(lab.database.reader, reference)
    tokenizer = tokenizer_of(lab, model)
    prices = catalogue(lab.places.prices)
    known = prices.get(model)
    source = RowSource(lab, version, as_completions=bool(known and known.trains_on == "completion"))
    key = count_key(tokenizer, as_completions=source.as_completions)
    counted = _known(lab, version, key)
    if counted is None:
        _count(lab, version, source, tokenizer, key, progress)
        counted = _known(lab, version, key)
    if counted is None:
        raise DataError(f"{version.name}@{version.version} has examples that cannot be counted")
    tokens = Distribution.unpack(lab.blobs.read(str(counted.lengths)))
    statistics = json.loads(counted.statistics_json)
    cost, ways = None, []
    if known is not None and known.training_price is not None:
        cost = estimate(tokens, known, epochs)
        excess = _excess(lab, statistics)
        ways = savings(cost, tokens, prices, excess=excess, day=day or now().date())
    return TokenCount(
        version,
        model,
        tokenizer.label,
        tokens,
        statistics["assistant"],
        statistics["messages"],
        cost,
        prices.missing(model) if tokenizer.kind == "hosted" else None,
        ways,
    )


def _count(
    lab: Lab,
    version: DatasetRow,
    source: RowSource,
    tokenizer: TokenizerSpec,
    key: str,
    progress: Progress | None,
) -> None:
    """Count and record the tokens of every example.

    Raises:
        DataError: if some examples cannot be counted (a chat template refuses them).
    """
    with source.open() as rows:
        found = count_tokens(source.batches(rows, progress), tokenizer)
    if found.uncounted:
        raise DataError(
            f"{found.uncounted} examples of {version.name}@{version.version} cannot be counted: "
            f"`ftlab data check {version.name}@{version.version}` names them"
        )
    lab.log.append(f"dataset/{version.name}", counted_fact(lab, version, found, key))


def _known(lab: Lab, version: DatasetRow, key: str) -> CountRow | None:
    """Return a version's count, unless it is an older one that tells less."""
    counts = queries.counts_of(lab.database.reader, version.id)
    found = next((row for row in counts if row.tokenizer == key and row.lengths), None)
    return found if found and "messages" in json.loads(found.statistics_json) else None


def _excess(lab: Lab, statistics: dict[str, Any]) -> Excess:
    repeated = Distribution.unpack(lab.blobs.read(statistics["duplicates"]["lengths"]))
    return Excess(repeated, statistics["system"])
