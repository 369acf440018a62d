"""What models answered to the same prompts, side by side, with the words that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from engine.comparing.suites import title_of
from engine.data.differences import Span, word_spans
from engine.reporting.cleaning import cleaned
from engine.reporting.words import figure, number_of
from engine.suites.prompts import text_of

if TYPE_CHECKING:
    from engine.comparing.answers import Asked
    from engine.comparing.suites import RowApart, Scored, ScorerKey, SuiteComparison
    from engine.suites.prompts import Prompt

    _Scorers = Mapping[ScorerKey, Scored]

MOST_ROWS = 500
"""How many prompts stand in a report at most: those whose answers are most apart."""

MOST_LETTERS = 4000
"""How much of a text stands there; the log has the rest."""

_LEAST_IN_COMMON = 0.25
"""Of texts that share less the differing words are not marked: it would be nearly all of them."""

_SYSTEM = ("system", "developer")

Outcome = Literal["better", "worse", "tie"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of those that are compared said.

    Attributes:
        spans: its text; what only the first answer has is `removed`, what that lacks `added`.
        note: what has to be known of it, in a few words.
        scores: what scorers say of it, by what they are called, in words.
        is_missing: whether there is no answer.
    """

    spans: tuple[Span, ...]
    note: str = ""
    scores: tuple[tuple[str, str], ...] = ()
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A prompt and the answers to it.

    Attributes:
        digest: the SHA-256 of what was asked.
        messages: what was asked, message by message, each with who said it.
        reference: the answer that was hoped for.
        answers: the answers, in the order of what is compared.
        differs: whether they are not all the same.
        outcomes: how an answer did against the first, by the place of the scorer in `scorers` of
            the whole and that of what is compared.
    """

    digest: str
    messages: tuple[tuple[str, str], ...]
    reference: str | None
    answers: tuple[Answer, ...]
    differs: bool
    outcomes: Mapping[tuple[int, int], Outcome]


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Prompts and answers of a suite, or of recordings.

    Attributes:
        title: what they are of.
        scorers: the labels of what tells better from worse.
        system: the message that all prompts begin with, which is not told again with each.
        rows: the prompts.
        of: how many there are in all.
    """

    title: str
    scorers: tuple[str, ...]
    system: str | None
    rows: tuple[Exchange, ...]
    of: int


def of_suite(found: SuiteComparison) -> Exchanges:
    """Return the prompts of a suite whose answers are most apart."""
    scorers = {each.key: each for each in found.scorers}
    present = {each.key for row in found.rows for scores in row.scores for each in scores}
    judging = [
        each.key
        for each in found.scorers
        if each.higher_is_better is not None and each.key in present
    ]
    rows = [_of_row(row, scorers, judging) for row in found.rows[:MOST_ROWS]]
    title = f"{found.suite.name}@{found.suite.version}"
    return _together(title, list(map(title_of, judging)), rows, len(found.rows))


def of_recordings(asked: Sequence[Asked], models: Sequence[str | None]) -> Exchanges:
    """Return the prompts that at least two models have recorded answers to, those apart first."""
    ordered = sorted(asked, key=lambda each: not each.differs(filter(None, models)))
    rows = [_of_asked(each, models) for each in ordered[:MOST_ROWS]]
    return _together("Recorded answers", (), rows, len(ordered))


def _together(title: str, scorers: Sequence[str], rows: Sequence[Exchange], of: int) -> Exchanges:
    firsts = {row.messages[0] if len(row.messages) > 1 else ("", "") for row in rows}
    [(role, text), *others] = firsts or {("", "")}
    if others or role not in _SYSTEM or len(rows) < 2:
        return Exchanges(title, tuple(scorers), None, tuple(rows), of)
    shorter = (replace(row, messages=row.messages[1:]) for row in rows)
    return Exchanges(title, tuple(scorers), text, tuple(shorter), of)


def _of_row(row: RowApart, scorers: _Scorers, judging: Sequence[ScorerKey]) -> Exchange:
    answers = [
        Answer(
            spans,
            "" if said is not None else "no answer",
            _scores(row, scorers, place),
            said is None,
        )
        for place, (said, spans) in enumerate(zip(row.answers, _marked(row.answers), strict=True))
    ]
    return Exchange(
        row.digest,
        _messages(row.prompt),
        None if row.reference is None else _cut(row.reference),
        tuple(answers),
        _differ(row.answers),
        _outcomes(row, scorers, judging),
    )


def _scores(row: RowApart, scorers: _Scorers, place: int) -> tuple[tuple[str, str], ...]:
    scores = row.scores[place] if row.scores else ()
    return tuple((each.title, _score(each.value, scorers.get(each.key))) for each in scores)


def _score(value: float, scored: Scored | None) -> str:
    # One answer is right or wrong, or something between; it is no share of answers.
    unit = "" if scored is None else scored.unit
    return f"{value:.3g}" if unit == "share" else figure(value, unit)


def _outcomes(
    row: RowApart, scorers: _Scorers, judging: Sequence[ScorerKey]
) -> dict[tuple[int, int], Outcome]:
    found: dict[tuple[int, int], Outcome] = {}
    for number, key in enumerate(judging):
        first = row.score(key, 0)
        for place in range(1, len(row.answers)):
            value = row.score(key, place)
            if first is None or value is None:
                continue
            gain = value - first if scorers[key].higher_is_better else first - value
            found[number, place] = "better" if gain > 0 else "worse" if gain < 0 else "tie"
    return found


def _of_asked(asked: Asked, models: Sequence[str | None]) -> Exchange:
    said = [asked.said.get(model) if model else None for model in models]
    texts = [None if each is None else each.text for each in said]
    answers = []
    for each, spans in zip(said, _marked(texts), strict=True):
        if each is None:
            answers.append(Answer((), "no answer on record", is_missing=True))
            continue
        notes = []
        if each.refusal is not None:
            notes.append(f"refused: {cleaned(each.refusal)}")
        if each.asked_otherwise:
            notes.append("asked with other settings")
        answers.append(Answer(spans, "; ".join(notes)))
    return Exchange(
        asked.digest,
        () if asked.prompt is None else _messages(asked.prompt),
        None if asked.hoped_for is None else _cut(asked.hoped_for),
        tuple(answers),
        asked.differs(filter(None, models)),
        {},
    )


def _differ(answers: Sequence[str | None]) -> bool:
    return len({said.strip() for said in answers if said is not None}) > 1


def _messages(prompt: Prompt) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(message.get("role") or ""), _cut(text_of(message).strip()))
        for message in prompt.messages
    )


def _marked(texts: Sequence[str | None]) -> list[tuple[Span, ...]]:
    """Return answers held against the first that there is."""
    shown = [None if text is None else _cut(text.strip()) for text in texts]
    first = next((text for text in shown if text is not None), None)
    found: list[tuple[Span, ...]] = []
    is_first = True
    for text in shown:
        if text is None or first is None:
            found.append(())
        elif is_first:
            found.append((Span("same", text),))
            is_first = False
        else:
            found.append(_spans(first, text))
    return found


def _spans(first: str, text: str) -> tuple[Span, ...]:
    spans = tuple(word_spans(first, text))
    same = sum(len(span.text) for span in spans if span.mark == "same")
    if same < _LEAST_IN_COMMON * max(len(first), len(text)):
        return (Span("same", text),)
    return spans


def _cut(text: str) -> str:
    text = cleaned(text)
    if len(text) <= MOST_LETTERS:
        return text
    left = number_of(len(text) - MOST_LETTERS, "more character")
    return f"{text[:MOST_LETTERS]}… [{left}]"
