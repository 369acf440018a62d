"""How much an answer has in common with the one that was hoped for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.scoring.answer import Answer
from engine.scoring.errors import ScorerError, UnscorableError
from engine.scoring.extras import needed_for
from engine.scoring.scorer import About, Pooled, Score, Scorer

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

_LONGEST = 100_000
"""Characters of a text: some of these measures take time by the product of both lengths."""

_WORDS = {"ascii": re.compile(r"[a-z0-9]+"), "unicode": re.compile(r"\w+")}

_MOST_ORDER = 9
"""Of word n-grams: longer ones than these hardly ever agree."""

_ORDERS = 4
"""BLEU looks at n-grams of one to four words."""


@dataclass(frozen=True, slots=True)
class RougeL(Scorer):
    """ROUGE-L: the longest common subsequence of words (Lin, 2004), as an F-measure.

    It is the `rougeL` of rouge-score without stemming, computed by rapidfuzz: rouge-score itself
    was last released in 2022, brings nltk along, and takes seconds to load.

    Attributes:
        words: what a word is; `ascii` is the definition of rouge-score, by which published scores
            are made; `unicode` also knows the letters of other languages.
    """

    about: ClassVar[About] = About(
        "rouge_l",
        "the words in common with the reference, in the same order (ROUGE-L, F-measure)",
        ("reference",),
        unit="points",
        main="words",
    )
    words: Literal["ascii", "unicode"] = "ascii"

    def score(self, answer: Answer) -> Score | None:
        """Return the F-measure from 0 to 1; None where the reference has no word."""
        if answer.reference is None:
            return None
        _check_length(answer)
        hoped_for = _WORDS[self.words].findall(answer.reference.lower())
        said = _WORDS[self.words].findall(answer.text.lower())
        if not hoped_for:
            return None
        if not said:
            return Score(0.0, "no words")
        with needed_for("rouge_l"):
            from rapidfuzz.distance import LCSseq
        common = LCSseq.similarity(hoped_for, said)
        precision, recall = common / len(said), common / len(hoped_for)
        f_measure = 2 * precision * recall / (precision + recall) if common else 0.0
        return Score(f_measure, f"precision {precision:.2f}, recall {recall:.2f}")


@dataclass(frozen=True, slots=True)
class EditSimilarity(Scorer):
    """How few letters have to be changed to make the reference of the answer.

    Attributes:
        ignore_case: whether capital and small letters are the same.
    """

    about: ClassVar[About] = About(
        "edit_similarity",
        "1 less the edits to the reference, divided by the longer text's characters (Levenshtein)",
        ("reference",),
        unit="points",
    )
    ignore_case: bool = False

    def score(self, answer: Answer) -> Score | None:
        """Return the similarity from 0 to 1; None without a reference."""
        if answer.reference is None:
            return None
        _check_length(answer)
        with needed_for("edit_similarity"):
            from rapidfuzz.distance import Levenshtein
        said, hoped_for = answer.text.strip(), answer.reference.strip()
        if self.ignore_case:
            said, hoped_for = said.casefold(), hoped_for.casefold()
        edits = Levenshtein.distance(said, hoped_for)
        longer = max(len(said), len(hoped_for))
        return Score(1 - edits / longer if longer else 1.0, f"{edits:,} edits")


@dataclass(frozen=True, slots=True)
class Chrf(Pooled):
    """ChrF: character n-grams in common with the reference (Popović, 2015), by sacrebleu.

    The figure of all answers is the corpus chrF, which is what is published.

    Attributes:
        word_order: the longest word n-grams that count as well; 2 is chrF++.
        lowercase: whether capital and small letters are the same.
    """

    about: ClassVar[About] = About(
        "chrf",
        "the character n-grams in common with the reference (chrF2, sacrebleu)",
        ("reference",),
        unit="points",
        high=100.0,
    )
    word_order: int = 0
    lowercase: bool = False

    def __post_init__(self) -> None:
        """Look at the order.

        Raises:
            ScorerError: if there are no such n-grams.
        """
        if not 0 <= self.word_order <= _MOST_ORDER:
            raise ScorerError(f"word_order is 0 to {_MOST_ORDER}, not {self.word_order}")

    def score(self, answer: Answer) -> Score | None:
        """Return the answer's chrF from 0 to 100; None without a reference."""
        if answer.reference is None:
            return None
        _check_length(answer)
        found = _chrf(self.word_order, self.lowercase)
        return Score(found.sentence_score(answer.text, [answer.reference]).score)

    def parts(self, answer: Answer) -> tuple[float, ...] | None:
        """Return the n-grams of the answer, of the reference, and of both, order by order."""
        if answer.reference is None or _too_long(answer):
            return None
        metric = _chrf(self.word_order, self.lowercase)
        # sacrebleu has no public way to what it adds up; tests hold the figure beside its own.
        [found] = metric._extract_corpus_statistics(  # noqa: SLF001
            [answer.text], [[answer.reference]]
        )
        return tuple(found)

    def figure(self, totals: Sequence[float]) -> float:
        """Return the corpus chrF of these totals."""
        metric = _chrf(self.word_order, self.lowercase)
        counts = [int(total) for total in totals]
        return float(metric._compute_f_score(counts))  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Bleu(Pooled):
    """BLEU: word n-grams in common with the reference (Papineni et al., 2002), by sacrebleu.

    A single answer's has the "effective order", and orders without a match are smoothed
    exponentially, which is sacrebleu's default for sentences (Chen and Cherry, 2014, method 3);
    BLEU was made for whole corpora, and the figure of all answers is the corpus BLEU.

    Attributes:
        tokenize: what a word is: `13a` of the WMT's scripts, `intl` for other scripts, `char`,
            `zh`, or `none` for texts that are tokenized already.
        lowercase: whether capital and small letters are the same.
    """

    about: ClassVar[About] = About(
        "bleu",
        "the word n-grams in common with the reference (BLEU, sacrebleu)",
        ("reference",),
        unit="points",
        high=100.0,
        main="tokenize",
    )
    tokenize: Literal["13a", "intl", "char", "zh", "none"] = "13a"
    lowercase: bool = False

    def score(self, answer: Answer) -> Score | None:
        """Return the answer's BLEU from 0 to 100; None without a reference."""
        if answer.reference is None:
            return None
        _check_length(answer)
        metric = _bleu(self.tokenize, self.lowercase, sentences=True)
        # Rounding can make it a trifle more than 100.
        return Score(min(metric.sentence_score(answer.text, [answer.reference]).score, 100.0))

    def parts(self, answer: Answer) -> tuple[float, ...] | None:
        """Return both lengths, the n-grams that agree and those that there are, by their order."""
        if answer.reference is None or _too_long(answer):
            return None
        metric = _bleu(self.tokenize, self.lowercase, sentences=True)
        found = metric.sentence_score(answer.text, [answer.reference])
        return (found.sys_len, found.ref_len, *found.counts, *found.totals)

    def figure(self, totals: Sequence[float]) -> float:
        """Return the corpus BLEU of these totals."""
        metric = _bleu(self.tokenize, self.lowercase, sentences=False)
        counts = [int(total) for total in totals]
        found = metric.compute_bleu(
            counts[2 : 2 + _ORDERS],
            counts[2 + _ORDERS :],
            counts[0],
            counts[1],
            smooth_method=metric.smooth_method,
        )
        return min(found.score, 100.0)

    def remark(self, totals: Sequence[float]) -> str | None:
        """Say why it is 0 although words agree, where that is so."""
        together, longest = totals[2], totals[1 + 2 * _ORDERS]
        if not together or longest:
            return None
        return (
            f"no answer has {_ORDERS} words, and BLEU looks at groups of so many: of answers as "
            "short as these it is 0, chrf or rouge_l tell more"
        )


@lru_cache
def _chrf(word_order: int, lowercase: bool) -> CHRF:
    with needed_for("chrf"):
        from sacrebleu.metrics.chrf import CHRF
    return CHRF(word_order=word_order, lowercase=lowercase)


@lru_cache
def _bleu(tokenize: str, lowercase: bool, *, sentences: bool) -> BLEU:
    with needed_for("bleu"):
        from sacrebleu.metrics.bleu import BLEU
    return BLEU(tokenize=tokenize, lowercase=lowercase, effective_order=sentences)


def _check_length(answer: Answer) -> None:
    if _too_long(answer):
        raise UnscorableError(f"a text of more than {_LONGEST:,} characters is not compared")


def _too_long(answer: Answer) -> bool:
    return max(len(answer.text), len(answer.reference or "")) > _LONGEST
