"""How models did in the suites that they were evaluated by, held against the first of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from engine.comparing.suites_costs import EvaluationCost
    from engine.statistics.paired import Difference, Estimate, Tally
    from engine.suites.prompts import Prompt
    from store.blobs import BlobStore
    from store.queries.evaluations import EvaluationRow
    from store.queries.suites import SuiteRow

ScorerKey = tuple[str, str | None]
"""What tells scorers apart: the label, and the model that answers were held beside."""

COST, LATENCY = "cost", "latency"
"""What every suite tells of answers, beside its scorers; each of them is told under its label."""


def title_of(scorer: ScorerKey) -> str:
    """Return what a scorer is called: as it is typed, and beside whose answers, if any."""
    label, against = scorer
    return label if against is None else f"{label}, against {against}"


@dataclass(frozen=True, slots=True)
class Scored:
    """What one scorer says of the answers of all that is compared.

    The tuples have an entry for each subject; of what is held against the first, that of the first
    is None.

    Attributes:
        label: the scorer as it is typed; "cost" and "latency" are known of answers anyway.
        says: what it measures, in one sentence.
        unit: of its figures; empty if they have none.
        higher_is_better: None where neither is.
        figures: of all rows that a subject has a score for.
        differences: the subject's figure minus that of the first, on the rows that both have.
        tallies: how many rows the subject did better, as well, and worse than the first.
        best: the places of the best figures; none where they are not of the same rows.
        rows: how many rows all that have a figure have in common.
        ratios: how many times as large as that of the first; None where that says nothing.
        left_out: how many rows only the subject or only the first has, which are not compared.
        against: the model whose answers these were held beside; None for none.
        batched: the places of those whose answers were timed several at a time. Rows of a batch
            took as long for one reason, so that nothing tells how certain their figures are.
    """

    label: str
    says: str
    unit: str
    higher_is_better: bool | None
    figures: tuple[Estimate | None, ...]
    differences: tuple[Difference | None, ...]
    tallies: tuple[Tally | None, ...]
    best: frozenset[int]
    rows: int
    ratios: tuple[Estimate | None, ...] = ()
    left_out: tuple[int, ...] = ()
    against: str | None = None
    batched: frozenset[int] = frozenset()

    @property
    def key(self) -> ScorerKey:
        """What tells it from the others."""
        return self.label, self.against

    @property
    def title(self) -> str:
        """What it is called: the scorer, and beside whose answers."""
        return title_of(self.key)


@dataclass(frozen=True, slots=True)
class RowScore:
    """What a scorer says of the answer that one of those that are compared gave to a prompt.

    Attributes:
        label: the scorer as it is typed.
        against: the model whose answer this was held beside; None for none.
        value: the mean over the samples.
    """

    label: str
    against: str | None
    value: float

    @property
    def key(self) -> ScorerKey:
        """What it is a score of."""
        return self.label, self.against

    @property
    def title(self) -> str:
        """What it is called: the scorer, and beside whose answer."""
        return title_of(self.key)


@dataclass(frozen=True, slots=True)
class RowApart:
    """A prompt of a suite with what the models said to it.

    Attributes:
        digest: the SHA-256 of what was asked.
        prompt: what was asked.
        reference: the answer that was hoped for, if one is known.
        answers: what each said; None where there is no answer. Of several samples, the first.
        scores: of each, what scorers say of its answer; those that say nothing are left out.
        apart: how far the scores are apart, from 0 to 1.
    """

    digest: str
    prompt: Prompt
    reference: str | None
    answers: tuple[str | None, ...]
    scores: tuple[tuple[RowScore, ...], ...]
    apart: float

    def score(self, scorer: ScorerKey, place: int) -> float | None:
        """Return what a scorer says of an answer; None if it says nothing."""
        scores = self.scores[place] if self.scores else ()
        return next((each.value for each in scores if each.key == scorer), None)


@dataclass(frozen=True, slots=True)
class SuiteComparison:
    """How all that is compared did in one version of a suite.

    Attributes:
        suite: the version.
        prompts: how many it has.
        evaluations: the evaluation of each subject that is compared; None where there is none.
        scorers: what was found, quality first, then cost and latency.
        rows: the prompts that at least two have answered, those most apart first.
        warnings: what has to be known to read this, in sentences.
        missing: commands that evaluate those that were not, by the place of the subject.
        costs: what it cost to evaluate each, and apart from that what its judges did.
    """

    suite: SuiteRow
    prompts: int
    evaluations: tuple[EvaluationRow | None, ...]
    scorers: tuple[Scored, ...]
    rows: tuple[RowApart, ...]
    warnings: tuple[str, ...]
    missing: Mapping[int, str] = field(default_factory=dict)
    costs: tuple[EvaluationCost, ...] = ()


def suite_comparisons(
    connection: sqlite3.Connection,
    blobs: BlobStore,
    subjects: Sequence[Subject],
    suite: str | None = None,
) -> list[SuiteComparison]:
    """Compare how models did in suites.

    Args:
        connection: where to read.
        blobs: where the prompts lie.
        subjects: what is compared; the first of them is what the others are held against.
        suite: the only suite, as `name`, `name@version` or id; None for every suite of which at
            least two of them have an evaluation, in the newest version for which that is so.

    Raises:
        NotFoundError: if there is no such suite.
        MissingPackageError: if numpy is not installed, and there is something to compare.
    """
    # Only where models were evaluated is what reads scores worth loading.
    from engine.comparing.suites_choosing import chosen

    found = chosen(connection, subjects, suite)
    if not found:
        return []
    from engine.comparing.suites_reading import compared

    return [compared(connection, blobs, subjects, each) for each in found]
