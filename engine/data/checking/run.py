"""Checking a dataset: all rows on all cores, then the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.data.checking.batch import BatchCheck
from engine.data.checking.dataset import JSON_LINES, DatasetCheck, HeldApart, tier
from engine.data.checking.facts import Facts
from engine.data.checking.fingerprints import Fingerprints
from engine.data.checking.report import Repeats, Report
from engine.data.checking.rules import RULES, Finding, Method, RowRules, Rule
from engine.data.checking.texts import finds_mojibake
from engine.data.parallel import in_order
from engine.data.reading.reader import RowBatch
from engine.data.tokens.dataset import TokenCounts
from engine.data.tokens.distribution import Distribution
from engine.data.tokens.tokenizer import TokenizerSpec
from engine.pricing.epochs import default_epochs

KEPT = 20
"""How many findings of a rule a report has unless told otherwise."""

MINIMUM = 10
"""The fewest examples that OpenAI trains with."""

_INSTALL = "pip install 'ftlab[data]'"


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How a dataset is checked.

    Attributes:
        file: what findings call it.
        place: what the number of a row counts, as the reader says it.
        method: what it is for; None if each row tells.
        tokenizer: what counts its tokens; None to leave that out.
        limit: the most tokens that the model takes of an example.
        minimum: the fewest examples that will do.
        keep: how many findings of a rule are kept; all are counted.
        seed: chooses the sample in which languages are told.
        extra: further rules for rows.
        file_format: how the file was read; None for what is no file.
        notes: in which ways it was taken for something else than it says.
    """

    file: str
    place: str = "line"
    method: Method | None = None
    tokenizer: TokenizerSpec | None = None
    limit: int | None = None
    minimum: int = MINIMUM
    keep: int = KEPT
    seed: int = 0
    extra: tuple[RowRules, ...] = ()
    file_format: str | None = None
    notes: tuple[str, ...] = ()


def check(
    batches: Iterable[RowBatch],
    settings: CheckSettings,
    others: Mapping[str, Fingerprints] | None = None,
) -> Report:
    """Check a dataset; a wrong row is a finding, and the check goes on after it.

    Args:
        batches: its rows, read once.
        settings: how it is checked.
        others: datasets that it should share no example with (a test split, say), by their names.

    Raises:
        DataError: if the rows cannot be read on, or the tokenizer cannot be loaded.
    """
    facts = _facts(batches, settings)
    whole = DatasetCheck(facts, settings.file, settings.place)
    repeats, skipped, held_apart = _check_whole(whole, facts, settings, others or {})
    repeated = Distribution(facts.tokens[number] for number in repeats if facts.tokens)
    rules = {name: _rule(name, settings.extra) for name in facts.counts}
    return Report(
        file=settings.file,
        method=settings.method,
        rows=facts.rows,
        lengths=Distribution(facts.characters),
        messages=Distribution(facts.messages),
        formats=facts.methods,
        tokens=_tokens(facts, settings, repeated),
        limit=settings.limit,
        tier=tier(facts.examples),
        epochs=default_epochs(facts.examples),
        repeats=Repeats(len(repeats), repeated.total),
        counts=dict(facts.counts),
        findings=_in_order(facts, rules),
        rules=rules,
        keys=facts.keys,
        skipped=skipped,
        held_apart=held_apart,
    )


def fingerprints(batches: Iterable[RowBatch], method: Method | None = None) -> Fingerprints:
    """Return what the examples of a dataset are found by, to check another for overlap with it.

    Raises:
        DataError: if the rows cannot be read on.
    """
    return _facts(batches, CheckSettings("", method=method, keep=0)).keys


def _facts(batches: Iterable[RowBatch], settings: CheckSettings) -> Facts:
    work = BatchCheck(
        settings.file,
        settings.method,
        settings.tokenizer,
        settings.limit,
        settings.keep,
        settings.seed,
        settings.extra,
        settings.file_format == JSON_LINES,
    )
    facts = Facts(settings.keep)
    for later in in_order(work, batches):
        facts.merge(later)
    return facts


def _check_whole(
    whole: DatasetCheck,
    facts: Facts,
    settings: CheckSettings,
    others: Mapping[str, Fingerprints],
) -> tuple[list[int], tuple[str, ...], tuple[HeldApart, ...]]:
    """Put the whole to its rules.

    Returns:
        What repeats, what could not be looked for, and what is shared with the others.
    """
    whole.format(settings.file_format, settings.notes)
    whole.size(settings.minimum)
    if settings.method is None:
        whole.formats()
    preferences = facts.methods["dpo"] > facts.rows / 2
    repeats = whole.repeats(several_answers=preferences)
    held_apart = whole.overlaps(others)
    whole.system_prompts()
    whole.labels()
    if facts.tokens:
        whole.lengths(Distribution(facts.tokens), "tokens")
    else:
        whole.lengths(Distribution(facts.characters), "characters")
    skipped = []
    if not whole.languages():
        skipped.append(f"languages: {_INSTALL}")
    if not finds_mojibake():
        skipped.append(f"mojibake: {_INSTALL}")
    return repeats, tuple(skipped), held_apart


def _tokens(facts: Facts, settings: CheckSettings, repeated: Distribution) -> TokenCounts | None:
    if settings.tokenizer is None:
        return None
    return TokenCounts(
        settings.tokenizer.label,
        Distribution(facts.tokens),
        Distribution(facts.assistant_tokens),
        Distribution(facts.messages),
        facts.system_tokens,
        repeated,
        uncounted=facts.rows - facts.examples,
    )


def _rule(name: str, extra: tuple[RowRules, ...]) -> Rule:
    if name in RULES:
        return RULES[name]
    return next(rule for rules in extra for rule in rules.rules if rule.name == name)


def _in_order(facts: Facts, rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    found = [finding for findings in facts.findings.values() for finding in findings]
    found.sort(key=lambda finding: (rules[finding.rule].scope == "dataset", finding.line or 0))
    return tuple(found)
