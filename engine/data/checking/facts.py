"""What is known of the rows that were looked at, to be put together batch by batch."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.data.checking.fingerprints import Fingerprints
from engine.data.checking.rules import Finding, Method

COUNTS = "I"
"""Four bytes each."""

MOST_LABELS = 50
"""Up to so many different answers are labels."""
LABEL_LENGTH = 100
"""The most characters of a label."""

MOST_SYSTEM_PROMPTS = 1000
"""So many different system prompts are told apart; those beyond count as one."""

SAMPLED = 500
"""How many answers are looked at for their language."""


class Answer(NamedTuple):
    """An answer in the sample.

    Attributes:
        rank: the sample is those of the lowest ranks; as random as a hash, the same on every run.
        line: where its example starts.
        text: its beginning.
    """

    rank: int
    line: int
    text: str


@dataclass(slots=True)
class SystemPrompt:
    """One of the system prompts in a dataset.

    Attributes:
        line: where its first example starts.
        text: its beginning, safe to print; empty for examples without one.
        examples: how many have it.
    """

    line: int
    text: str
    examples: int


@dataclass(slots=True)
class Facts:
    """What is known of the rows so far: 44 bytes an example and what is bounded.

    Attributes:
        keep: how many findings of a rule are kept.
        rows: how many rows there were.
        methods: what they are for.
        counts: how often each rule found something.
        findings: the first findings of each rule.
        keys: of the examples, which are the rows without an error.
        messages: how many messages each example has.
        characters: how long the texts of each example are.
        tokens: what each example comes to, if a tokenizer was given.
        assistant_tokens: what the assistant's part of it does.
        system_tokens: what all system prompts come to.
        labels: how often each answer occurs; None once they are too many or too long for labels.
        system_prompts: by their hash, or 0 for none.
        more_system_prompts: how many examples have one that is not told apart.
        sample: some of the answers.
    """

    keep: int
    rows: int = 0
    methods: Counter[Method] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    keys: Fingerprints = field(default_factory=Fingerprints)
    messages: array[int] = field(default_factory=lambda: array(COUNTS))
    characters: array[int] = field(default_factory=lambda: array(COUNTS))
    tokens: array[int] = field(default_factory=lambda: array(COUNTS))
    assistant_tokens: array[int] = field(default_factory=lambda: array(COUNTS))
    system_tokens: int = 0
    labels: Counter[str] | None = field(default_factory=Counter)
    system_prompts: dict[int, SystemPrompt] = field(default_factory=dict)
    more_system_prompts: int = 0
    sample: list[Answer] = field(default_factory=list)

    @property
    def examples(self) -> int:
        """How many rows had no error."""
        return len(self.keys)

    def wants(self, rule: str) -> bool:
        """Count that a rule found something; tell whether the finding is to be kept."""
        self.counts[rule] += 1
        return self.counts[rule] <= self.keep

    def add(self, finding: Finding) -> None:
        """Keep a finding."""
        self.findings.setdefault(finding.rule, []).append(finding)

    def merge(self, later: Facts) -> None:
        """Add what is known of the rows that follow."""
        self.rows += later.rows
        self.methods.update(later.methods)
        self.counts.update(later.counts)
        for rule, findings in later.findings.items():
            kept = self.findings.setdefault(rule, [])
            kept.extend(findings[: self.keep - len(kept)])
        self.keys.extend(later.keys)
        self.messages.extend(later.messages)
        self.characters.extend(later.characters)
        self.tokens.extend(later.tokens)
        self.assistant_tokens.extend(later.assistant_tokens)
        self.system_tokens += later.system_tokens
        self._merge_labels(later.labels)
        self._merge_system_prompts(later)
        self.sample = lowest([*self.sample, *later.sample])

    def _merge_labels(self, labels: Counter[str] | None) -> None:
        if self.labels is None or labels is None:
            self.labels = None
            return
        self.labels.update(labels)
        if len(self.labels) > MOST_LABELS:
            self.labels = None

    def _merge_system_prompts(self, later: Facts) -> None:
        self.more_system_prompts += later.more_system_prompts
        for key, prompt in later.system_prompts.items():
            if key in self.system_prompts:
                self.system_prompts[key].examples += prompt.examples
            elif len(self.system_prompts) < MOST_SYSTEM_PROMPTS:
                self.system_prompts[key] = prompt
            else:
                self.more_system_prompts += prompt.examples


def lowest(answers: list[Answer]) -> list[Answer]:
    """Return the answers that stay in the sample, one of each rank."""
    distinct = {answer.rank: answer for answer in reversed(answers)}
    return [distinct[rank] for rank in sorted(distinct)[:SAMPLED]]


def labels_in(answers: Sequence[str]) -> Counter[str] | None:
    """Return how often each answer occurs, None if they are too many or too long for labels."""
    if max(map(len, answers), default=0) > LABEL_LENGTH:
        return None
    labels = Counter(answers)
    return labels if len(labels) <= MOST_LABELS else None
