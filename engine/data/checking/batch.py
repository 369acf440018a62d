"""A batch of rows: what is wrong with them, what they come to, and what is told of them later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NamedTuple

from engine.data.checking.facts import (
    MOST_SYSTEM_PROMPTS,
    SAMPLED,
    Answer,
    Facts,
    SystemPrompt,
    labels_in,
)
from engine.data.checking.fingerprints import Fingerprints, Key, hash_of, key_of
from engine.data.checking.order import SYSTEM_ROLES
from engine.data.checking.rows import (
    columns_in,
    example_in,
    is_sound,
    method_of,
    plain_chat,
    row_problems,
)
from engine.data.checking.rules import RULES, Finding, Method, Problem, RowRules, Rule
from engine.data.reading.reader import RowBatch
from engine.data.reading.repairs import Repairs
from engine.data.reading.rows import BadRow, excerpt
from engine.data.shapes.example import Record, messages_of, texts_of
from engine.data.tokens.counting import ExampleTokens, TokenCounter, Uncounted
from engine.data.tokens.tokenizer import TokenizerSpec

_NOT_AN_OBJECT = "not a JSON object"
"""How the readers say that a row is valid JSON of another kind."""

_AT_ONCE = 50
"""So many examples are held as objects at a time; with more, the processor waits for memory."""

_SAMPLED_LENGTH = 400
_LEAST_SAMPLED_LENGTH = 20
"""Shorter answers tell little of their language."""

_SHOWN_END = 100
"""How many characters of what would be cut off are shown."""


class _Example(NamedTuple):
    """What is told of an example: the columns of a batch."""

    line: int
    record: Record
    key: Key
    messages: int
    characters: int
    answer: str
    system: str


@dataclass(frozen=True, slots=True)
class BatchCheck:
    """Looks at batches, in any process.

    Attributes:
        file: the name that findings give.
        method: what the rows are for; None if each row tells.
        tokenizer: what counts their tokens; None to leave that out.
        limit: the most tokens of an example.
        keep: how many findings of a rule are kept.
        seed: chooses the sample.
        extra: further rules.
        uploadable: whether a provider would be given the file as it is: each mended row is an
            error then.
    """

    file: str
    method: Method | None
    tokenizer: TokenizerSpec | None
    limit: int | None
    keep: int
    seed: int
    extra: tuple[RowRules, ...] = ()
    uploadable: bool = False

    def __call__(self, batch: RowBatch) -> Facts:
        """Return what is known of a batch.

        Raises:
            DataError: if the tokenizer cannot be loaded.
        """
        facts = Facts(self.keep)
        counter = None if self.tokenizer is None else self.tokenizer.load()
        examples = self._examples(batch, facts)
        answers: list[str] = []
        systems: list[str] = []
        while some := list(islice(examples, _AT_ONCE)):
            sound = some if counter is None else self._count(some, counter, facts)
            if sound:
                lines, _, keys, messages, characters, said, system = zip(*sound, strict=True)
                facts.keys.add(lines, keys)
                facts.messages.extend(messages)
                facts.characters.extend(characters)
                answers.extend(said)
                systems.extend(system)
        if self.uploadable:
            self._note_repairs(batch.repairs, facts)
        facts.labels = labels_in(answers)
        facts.sample = self._sampled(facts.keys, answers)
        _add_system_prompts(facts, systems)
        return facts

    def _examples(self, batch: RowBatch, facts: Facts) -> Iterator[_Example]:
        chat = self.method in (None, "supervised")
        concerns = [rules.may_concern for rules in self.extra]
        plain_rows = rows = 0
        for line, row in batch.rows():
            rows += 1
            if type(row) is not dict:
                self._note(facts, line, [_unreadable(row)])
                continue
            plain = plain_chat(row) if chat else None
            if plain is None:
                yield from self._looked_at(line, row, facts)
                continue
            plain_rows += 1
            roles, contents, texts, key = plain
            for concern in concerns:
                if concern(texts):
                    self._note(facts, line, self._found_by_extra(row, {}))
                    break
            yield _Example(
                line,
                row,
                key,
                len(contents),
                sum(map(len, contents)),
                contents[-1],
                contents[0] if roles[0] in SYSTEM_ROLES else "",
            )
        facts.rows = rows
        if plain_rows:
            facts.methods["supervised"] += plain_rows

    def _looked_at(self, line: int, row: Record, facts: Facts) -> Iterator[_Example]:
        """Put a row to all rules; yield its example if it has no error."""
        own = method_of(row)
        facts.methods[own] += 1
        method = self.method or own
        problems = row_problems(row, method)
        if not is_sound(problems):
            self._note(facts, line, problems)
            return
        example = example_in(row, method)
        problems.extend(self._found_by_extra(example, columns_in(row, method)))
        self._note(facts, line, problems)
        yield _described(line, example)

    def _note(self, facts: Facts, line: int, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if facts.wants(problem.rule):
                facts.add(
                    Finding(
                        self._rule(problem.rule).severity,
                        problem.rule,
                        self.file,
                        line,
                        problem.place,
                        problem.message,
                        excerpt(problem.text),
                    )
                )

    def _note_repairs(self, repairs: Repairs, facts: Facts) -> None:
        for kind, repaired in repairs.kinds.items():
            problem = Problem("repaired-row", "", f"The row was mended in reading: {kind}")
            for line in repaired.first:
                self._note(facts, line, [problem])
            facts.counts[problem.rule] += repaired.count - len(repaired.first)

    def _found_by_extra(self, example: Record, columns: Record) -> Iterator[Problem]:
        return chain.from_iterable(rules(example, columns) for rules in self.extra)

    def _rule(self, name: str) -> Rule:
        if name in RULES:
            return RULES[name]
        return next(rule for rules in self.extra for rule in rules.rules if rule.name == name)

    def _count(
        self, examples: Sequence[_Example], counter: TokenCounter, facts: Facts
    ) -> list[_Example]:
        """Count the tokens of examples; return those that could be counted."""
        counted, tokens = [], []
        for example, count in zip(
            examples, counter.counts([example.record for example in examples]), strict=True
        ):
            if isinstance(count, Uncounted):
                self._note(facts, example.line, [Problem("chat-template", "", count.reason)])
                continue
            counted.append(example)
            tokens.append(count)
            if self.limit is not None and count.longest > self.limit:
                self._note(facts, example.line, [_too_long(example, count, counter, self.limit)])
        if tokens:
            totals, assistant, system, _ = zip(*tokens, strict=True)
            facts.tokens.extend(totals)
            facts.assistant_tokens.extend(assistant)
            facts.system_tokens += sum(system)
        return counted

    def _sampled(self, keys: Fingerprints, answers: Sequence[str]) -> list[Answer]:
        mask = hash_of(str(self.seed))
        numbers = {
            prompt ^ answer ^ mask: number
            for number, (prompt, answer, text) in enumerate(
                zip(keys.prompts, keys.answers, answers, strict=True)
            )
            if len(text) >= _LEAST_SAMPLED_LENGTH
        }
        return [
            Answer(rank, keys.lines[number], answers[number][:_SAMPLED_LENGTH])
            for rank, number in sorted(numbers.items())[:SAMPLED]
        ]


def _unreadable(row: object) -> Problem:
    if not isinstance(row, BadRow):
        return Problem("data-type", "", "The row is no JSON object", str(row))
    rule = "data-type" if row.reason.endswith(_NOT_AN_OBJECT) else "unreadable-row"
    return Problem(rule, "", f"The row {row.reason}", row.excerpt)


def _described(line: int, record: Record) -> _Example:
    """Tell of an example what a plain one is told of, by longer ways."""
    messages = messages_of(record)
    answers = record.get("preferred_output") or [
        message for message in messages if message["role"] == "assistant"
    ]
    systems = [message for message in messages if message["role"] in SYSTEM_ROLES]
    return _Example(
        line,
        record,
        key_of(record),
        len(messages),
        sum(map(len, chain.from_iterable(map(texts_of, messages)))),
        _text(answers[-1]),
        _text(systems[0]) if systems else "",
    )


def _text(message: dict[str, Any]) -> str:
    return "\n".join(texts_of(message))


def _too_long(
    example: _Example, count: ExampleTokens, counter: TokenCounter, limit: int
) -> Problem:
    beyond = counter.beyond(example.record, limit)
    said = f"{count.longest:,} tokens are {count.longest - limit:,} over the limit of {limit:,}"
    end = example.answer[-_SHOWN_END:]
    return Problem("over-token-limit", "", f"{said}: {beyond} would be cut off", f"…{end}")


def _add_system_prompts(facts: Facts, systems: Sequence[str]) -> None:
    first = dict(zip(reversed(systems), reversed(facts.keys.lines), strict=True))
    for text, examples in Counter(systems).items():
        if len(facts.system_prompts) >= MOST_SYSTEM_PROMPTS:
            facts.more_system_prompts += examples
            continue
        key = hash_of(text) if text else 0
        facts.system_prompts[key] = SystemPrompt(first[text], excerpt(text), examples)
