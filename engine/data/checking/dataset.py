"""What is wrong with a dataset as a whole."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from engine.data.checking.facts import Facts, SystemPrompt
from engine.data.checking.fingerprints import Fingerprints, repeated, shared
from engine.data.checking.languages import languages
from engine.data.checking.rules import RULES, Finding
from engine.data.reading.rows import excerpt
from engine.data.tokens.distribution import Distribution

Tier = Literal["too few", "minimum", "nominal", "expert", "master"]

TIERS: tuple[tuple[int, Tier], ...] = (
    (10, "too few"),
    (50, "minimum"),
    (500, "nominal"),
    (1001, "expert"),
)
"""Below how many examples a dataset is of which tier: rules of thumb out of OpenAI's guides."""


class HeldApart(NamedTuple):
    """A dataset that this one should share no example with.

    Attributes:
        name: what it was called.
        examples: how many it has.
        found: how many of this one's are in it, or have a prompt of it.
    """

    name: str
    examples: int
    found: int


JSON_LINES = "jsonl"
"""The format that providers take."""

_ENOUGH_FOR_SHARES = 20
_TIMES_AS_COMMON = 9
"""From this ratio on an imbalance counts as high, in KEEL's collection of imbalanced data sets."""
_UNEVEN_MAXIMUM = 20
_UNEVEN_PERCENTILE = 10
_FOREIGN_SHARE = 0.02
_FOREIGN_ANSWERS = 3


def tier(examples: int) -> Tier:
    """Return what so many examples usually are good for."""
    return next((name for bound, name in TIERS if examples < bound), "master")


class DatasetCheck:
    """The rules of the whole, added to what was found in the rows.

    Args:
        facts: what is known of all rows; the findings go there.
        file: the name that findings give.
        place: what the number of a row counts ("line").
    """

    def __init__(self, facts: Facts, file: str, place: str) -> None:
        self._facts = facts
        self._file = file
        self._place = place

    def format(self, file_format: str | None, notes: Sequence[str]) -> None:
        """Look at whether the file is what a provider takes.

        Args:
            file_format: how it was read; None for what is no file.
            notes: in which ways it was taken for something else than it says.
        """
        if notes or file_format not in (None, JSON_LINES):
            said = f"It was read as {file_format}"
            self._add("other-format", f"{said}: {'; '.join(notes)}" if notes else said)

    def size(self, minimum: int) -> None:
        """Look at how many examples there are."""
        examples = self._facts.examples
        if examples < minimum:
            self._add(
                "too-few-examples", f"There are {examples} examples, {minimum} are the minimum"
            )
        elif tier(examples) == "minimum":
            self._add(
                "few-examples",
                f"{examples} examples are few: improvements usually show from 50 to 100 on",
            )

    def formats(self) -> None:
        """Look at whether the rows are for one method."""
        methods = self._facts.methods
        if len(methods) > 1:
            listed = ", ".join(f"{count:,} {name}" for name, count in methods.most_common())
            self._add("mixed-formats", f"The rows are of several formats: {listed}")

    def repeats(self, *, several_answers: bool) -> list[int]:
        """Look for examples that are there twice, and for prompts with several answers.

        Args:
            several_answers: whether that is as it should be, as it is with preferences.

        Returns:
            The numbers of the examples that could be left out.
        """
        found = repeated(self._facts.keys)
        self._repeated("duplicate-example", found.same_as, "The same example as in {}")
        if not several_answers:
            self._repeated(
                "conflicting-answers",
                found.answers_otherwise,
                "The prompt of {}, answered otherwise",
            )
        return found.numbers()

    def overlaps(self, others: Mapping[str, Fingerprints]) -> tuple[HeldApart, ...]:
        """Look for examples and prompts that are in other datasets, too; return how many are."""
        keys, told = self._facts.keys, []
        for name, theirs in others.items():
            found = sorted(shared(keys, theirs))
            told.append(HeldApart(name, len(theirs), len(found)))
            for example in found:
                if self._facts.wants("overlap"):
                    where = f"{name}:{example.line}"
                    same = f"The same example as in {where}"
                    prompt = f"The prompt of {where}, with another answer"
                    line = keys.lines[example.number]
                    self._keep("overlap", same if example.whole else prompt, line)
        return tuple(told)

    def system_prompts(self) -> None:
        """Look at whether all examples have the same system prompt."""
        facts = self._facts
        without = facts.system_prompts.get(0)
        prompts = [prompt for key, prompt in facts.system_prompts.items() if key]
        prompts.sort(key=lambda prompt: -prompt.examples)
        if not prompts:
            if facts.examples:
                self._add("no-system-prompt", "No example has a system prompt")
            return
        if without is not None:
            self._part_without(without, prompts[0])
        distinct = len(prompts)
        if distinct > 1 or facts.more_system_prompts:
            more = " at least" if facts.more_system_prompts else ""
            self._add(
                "differing-system-prompts",
                f"There are {distinct:,}{more} different system prompts; the most common is in "
                f"{prompts[0].examples:,} of {facts.examples:,} examples, the first other one here",
                prompts[1].line,
                prompts[1].text,
            )

    def labels(self) -> None:
        """Look at whether some of few answers are far more common than others."""
        labels, examples = self._facts.labels, self._facts.examples
        if not labels or examples < max(_ENOUGH_FOR_SHARES, 5 * len(labels)):
            return
        (most, many), (least, few) = labels.most_common()[0], labels.most_common()[-1]
        if len(labels) == 1:
            self._add("label-imbalance", "Every example has the same answer", None, most)
        elif many >= _TIMES_AS_COMMON * few:
            self._add(
                "label-imbalance",
                f"There are {len(labels)} different answers; '{excerpt(most, 40)}' is {many:,} "
                f"times there, '{excerpt(least, 40)}' {few:,} times",
                None,
                least,
            )

    def lengths(self, lengths: Distribution, unit: str) -> None:
        """Look at whether some examples are far longer than the others.

        Args:
            lengths: of the examples.
            unit: what they are counted in.
        """
        if lengths.examples < _ENOUGH_FOR_SHARES or not lengths.median:
            return
        median, long = lengths.median, lengths.percentile(95)
        uneven = lengths.maximum > _UNEVEN_MAXIMUM * median or long > _UNEVEN_PERCENTILE * median
        if uneven:
            line = self._facts.keys.lines[lengths.values.index(lengths.maximum)]
            self._add(
                "uneven-lengths",
                f"The longest example has {lengths.maximum:,} {unit}, "
                f"{lengths.maximum / median:.0f} times the median of {median:,.0f}; one in twenty "
                f"has more than {long:,.0f}",
                line,
            )

    def languages(self) -> bool:
        """Look at whether the assistant answers in one language; tell whether that could be told.

        Without answers that are long enough there is nothing to tell.
        """
        if len(self._facts.sample) < _ENOUGH_FOR_SHARES:
            return True
        found = languages(self._facts.sample)
        if found is None:
            return False
        sure = sum(language.answers for language in found)
        others = found[1:]
        foreign = sum(language.answers for language in others)
        if sure >= _ENOUGH_FOR_SHARES and foreign >= max(_FOREIGN_ANSWERS, _FOREIGN_SHARE * sure):
            shares = ", ".join(f"{each.code} {each.answers / sure:.0%}" for each in found[:5])
            self._add(
                "mixed-languages",
                f"Of {sure} answers in a sample, {shares}; the first in {others[0].code} is here",
                others[0].line,
                others[0].text,
            )
        return True

    def _part_without(self, without: SystemPrompt, most_common: SystemPrompt) -> None:
        having = self._facts.examples - without.examples
        fewer_have = having < without.examples
        shown = most_common if fewer_have else without
        which = "with" if fewer_have else "without"
        self._add(
            "partial-system-prompt",
            f"{having:,} of {self._facts.examples:,} examples have a system prompt; the first "
            f"{which} one is here",
            shown.line,
            shown.text,
        )

    def _repeated(self, rule: str, first_lines: array[int], message: str) -> None:
        for number, line in enumerate(first_lines):
            if line and self._facts.wants(rule):
                self._keep(
                    rule, message.format(f"{self._place} {line}"), self._facts.keys.lines[number]
                )

    def _add(self, rule: str, message: str, line: int | None = None, text: str = "") -> None:
        if self._facts.wants(rule):
            self._keep(rule, message, line, text)

    def _keep(self, rule: str, message: str, line: int | None, text: str = "") -> None:
        severity = RULES[rule].severity
        self._facts.add(Finding(severity, rule, self._file, line, "", message, excerpt(text)))
