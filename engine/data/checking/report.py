"""What a check found, for a person, a program and a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from engine.data.checking.dataset import HeldApart, Tier
from engine.data.checking.fingerprints import Fingerprints
from engine.data.checking.rules import RULES, Finding, Method, Rule, Severity
from engine.data.tokens.dataset import TokenCounts
from engine.data.tokens.distribution import Distribution

Verdict = Literal["ready", "ready with warnings", "not ready"]


class Repeats(NamedTuple):
    """Examples that are there more than once.

    Attributes:
        examples: how many could be left out.
        tokens: what these come to, if tokens were counted.
    """

    examples: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        file: the file or dataset version.
        method: what it was checked for; None if each row told.
        rows: how many rows there are.
        formats: how many of them are for which method, by their keys.
        lengths: how long the texts of each example are, in characters.
        messages: how many messages each example has.
        tokens: what they come to, if a tokenizer was given.
        limit: the most tokens of an example that the model takes, if one is known.
        tier: what so many examples usually are good for.
        epochs: how often a provider goes through them by default.
        repeats: what of them is there twice.
        counts: how often each rule found something; rules that found nothing are not in it.
        findings: the first of each rule, rows first, in the file's order.
        rules: those that found something.
        keys: by which other datasets find the same examples.
        skipped: what could not be looked for, and what to install for it.
        held_apart: what it should share no example with.
    """

    file: str
    method: Method | None
    rows: int
    formats: Mapping[Method, int]
    lengths: Distribution
    messages: Distribution
    tokens: TokenCounts | None
    limit: int | None
    tier: Tier
    epochs: int
    repeats: Repeats
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    keys: Fingerprints
    skipped: tuple[str, ...]
    held_apart: tuple[HeldApart, ...] = ()

    @property
    def examples(self) -> int:
        """How many rows have no error and make an example."""
        return self.messages.examples

    def total(self, severity: Severity) -> int:
        """Return how often rules of a severity found something."""
        return sum(
            count for name, count in self.counts.items() if self.rules[name].severity == severity
        )

    @property
    def trains_by(self) -> Method | None:
        """What it was checked for, or else what most rows are for; None without rows."""
        most = Counter(self.formats).most_common(1)
        return most[0][0] if most and self.method is None else self.method

    @property
    def verdict(self) -> Verdict:
        """Whether the dataset can be trained with."""
        if self.total("error"):
            return "not ready"
        return "ready with warnings" if self.total("warning") else "ready"

    def adding(self, rule: Rule, findings: Sequence[Finding], count: int) -> Report:
        """Return the report with what someone else found in the dataset (near duplicates, say).

        Args:
            rule: what was looked for.
            findings: the first of what was found.
            count: how much was found in all.
        """
        if not count:
            return self
        return replace(
            self,
            counts={**self.counts, rule.name: self.counts.get(rule.name, 0) + count},
            findings=(*self.findings, *findings),
            rules={**self.rules, rule.name: rule},
        )

    def to_json(self, most: int | None = None) -> dict[str, Any]:
        """Return the report as plain JSON; what is known of each single example is left out.

        Args:
            most: how many findings of each rule are in it; all that the report has if left out.
        """
        findings = first_of_each(self.findings, most)
        listed = Counter(finding.rule for finding in findings)
        return {
            "file": self.file,
            "method": self.method,
            "verdict": self.verdict,
            "rows": self.rows,
            "examples": self.examples,
            "tier": self.tier,
            "default_epochs": self.epochs,
            "errors": self.total("error"),
            "warnings": self.total("warning"),
            "notes": self.total("note"),
            "rules": [self._rule_as_json(name, listed[name]) for name in self._in_order()],
            "findings": [finding.to_json() for finding in findings],
            "duplicates": self.repeats._asdict(),
            "messages": self.messages.to_json(),
            "characters": self.lengths.to_json(),
            "tokens": self.tokens.to_json() if self.tokens else None,
            "limit": self.limit,
            "skipped": list(self.skipped),
            "held_apart": [each._asdict() for each in self.held_apart],
        }

    def _in_order(self) -> list[str]:
        """Return the rules that found something, the worst first, then as they are listed."""
        places = {name: number for number, name in enumerate([*RULES, *self.rules])}
        severities = ("error", "warning", "note")
        return sorted(
            self.counts,
            key=lambda name: (severities.index(self.rules[name].severity), places[name]),
        )

    def _rule_as_json(self, name: str, listed: int) -> dict[str, Any]:
        rule = self.rules[name]
        return {
            "rule": name,
            "severity": rule.severity,
            "count": self.counts[name],
            "listed": listed,
            "cut": listed < self.counts[name],
            "explanation": rule.explanation,
        }


def first_of_each(findings: Iterable[Finding], most: int | None) -> list[Finding]:
    """Return so many findings of each rule, in their order; all of them if there is no bound."""
    seen: Counter[str] = Counter()
    kept = []
    for finding in findings:
        seen[finding.rule] += 1
        if most is None or seen[finding.rule] <= most:
            kept.append(finding)
    return kept
