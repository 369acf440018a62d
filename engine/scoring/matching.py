"""Whether an answer is the one that was hoped for, or has something in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from engine.scoring.answer import Answer
from engine.scoring.scorer import About, Need, Score, Scorer

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class ExactMatch(Scorer):
    """Whether an answer is, letter by letter, the one that was hoped for.

    Attributes:
        ignore_case: whether capital and small letters are the same.
    """

    about: ClassVar[About] = About(
        "exact_match",
        "the answer is the reference, but for the space around it",
        ("reference",),
    )
    ignore_case: bool = False

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0; None without a reference."""
        if answer.reference is None:
            return None
        said, hoped_for = answer.text.strip(), answer.reference.strip()
        return verdict(_cased(said, self.ignore_case) == _cased(hoped_for, self.ignore_case))


@dataclass(frozen=True, slots=True)
class NormalizedMatch(Scorer):
    """Whether an answer says the same as the one that was hoped for.

    Attributes:
        keep_articles: whether "a", "an" and "the" count, which SQuAD leaves out.
    """

    about: ClassVar[About] = About(
        "normalized_match",
        "the answer is the reference, whatever the case, punctuation, articles and space (SQuAD)",
        ("reference",),
    )
    keep_articles: bool = False

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0; None without a reference."""
        if answer.reference is None:
            return None
        keep = self.keep_articles
        said = normalized(answer.text, keep_articles=keep)
        return verdict(said == normalized(answer.reference, keep_articles=keep))


@dataclass(frozen=True, slots=True)
class Contains(Scorer):
    """Whether an answer has a text in it.

    Attributes:
        text: what is looked for; the answer that was hoped for if None.
        ignore_case: whether capital and small letters are the same.
    """

    about: ClassVar[About] = About(
        "contains",
        "the reference, or the given text, is in the answer",
        ("reference",),
        main="text",
    )
    text: str | None = None
    ignore_case: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        """A reference, unless the text is given."""
        return self.about.needs if self.text is None else ()

    def score(self, answer: Answer) -> Score | None:
        """Return 1 or 0; None where there is nothing to look for."""
        looked_for = answer.reference if self.text is None else self.text
        if looked_for is None or not looked_for.strip():
            return None
        wanted = _cased(looked_for.strip(), self.ignore_case)
        return verdict(wanted in _cased(answer.text, self.ignore_case))


def verdict(right: bool, detail: str | None = None) -> Score:
    """Return 1 for an answer that is right, 0 for one that is not."""
    return Score(1.0 if right else 0.0, detail)


def normalized(text: str, *, keep_articles: bool = False) -> str:
    """Return a text without case, punctuation, articles and needless space.

    These are the steps of SQuAD's evaluation (Rajpurkar et al., 2016), for all scripts. A text
    that consists of nothing else stays as it is.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = folded.translate(_WITHOUT_MARKS)
    if not keep_articles:
        words = _ARTICLES.sub(" ", words)
    return " ".join(words.split()) or " ".join(folded.split())


class _WithoutMarks(dict[int, int | None]):
    """Tells `str.translate` to leave out what SQuAD does: ASCII marks, and others' punctuation."""

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        is_mark = category[0] == "P" or (chr(code).isascii() and category[0] == "S")
        self[code] = None if is_mark else code
        return self[code]


_WITHOUT_MARKS = _WithoutMarks()


def _cased(text: str, ignore_case: bool) -> str:
    return text.casefold() if ignore_case else text
