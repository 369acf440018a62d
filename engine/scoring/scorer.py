"""What a scorer is: something that gives an answer a number, and says what the number means."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.scoring.answer import Answer

Need = Literal[
    "reference",
    "completion tokens",
    "log probabilities",
    "seconds",
    "cost",
    "another recording",
    "verdicts",
]
"""What has to be known of an answer beside its text."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer says of an answer.

    Attributes:
        value: the number; always finite.
        detail: what it comes from, in a few words to show beside the answer.
    """

    value: float
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What is to be known of a scorer before it is used.

    Attributes:
        id: the name by which it is asked for and recorded.
        says: what it measures, in one sentence.
        needs: what has to be known of an answer; where it is not, there is no score.
        higher_is_better: None where neither is.
        unit: of the value: "share" (of answers that are right, if the values are 0 and 1),
            "points", "characters", ...
        low: the lowest value there can be, if there is one.
        high: the highest.
        main: the setting that stands behind a colon ("regex:^yes$"), if there is one.
        version: counts up when the same answers would get other scores.
    """

    id: str
    says: str
    needs: tuple[Need, ...] = ()
    higher_is_better: bool | None = True
    unit: str = "share"
    low: float | None = 0.0
    high: float | None = 1.0
    main: str | None = None
    version: int = 1


class Scorer(ABC):
    """Scores answers one by one.

    Scorers are frozen dataclasses: their fields are their settings, of the types `str`, `int`,
    `float`, `bool`, a `Literal` of texts, or `Json`; any of them but `Json` may be None as well.
    `engine.scoring.settings` writes them as JSON and reads them back.

    Attributes:
        about: what is to be known of it.
    """

    __slots__ = ()
    about: ClassVar[About]

    @property
    def needs(self) -> tuple[Need, ...]:
        """What has to be known of an answer with these settings."""
        return self.about.needs

    @property
    def needs_reference(self) -> bool:
        """Whether only rows with an answer that was hoped for can be scored."""
        return "reference" in self.needs

    @property
    def unit(self) -> str:
        """The unit of the value with these settings."""
        return self.about.unit

    @abstractmethod
    def score(self, answer: Answer) -> Score | None:
        """Return the answer's score; None where this scorer does not apply.

        Raises:
            UnscorableError: if this one answer cannot be scored.
            MissingPackageError: if a package that the scorer needs is not installed.
        """

    @classmethod
    def read_main(cls, text: str) -> object:
        """Return the value of the setting behind the colon; a text is taken as it was typed.

        Raises:
            ScorerError: if it cannot be read.
        """
        return text


class Pooled(Scorer):
    """A scorer whose figure of all answers is no mean, but comes from what is added up over them.

    Such a figure can be computed again for thousands of samples of the answers, see
    `engine.statistics.paired.figure_of`.
    """

    __slots__ = ()

    @abstractmethod
    def parts(self, answer: Answer) -> tuple[float, ...] | None:
        """Return what this answer adds; None where the scorer does not apply."""

    @abstractmethod
    def figure(self, totals: Sequence[float]) -> float:
        """Return the figure that belongs to the added parts."""

    def remark(self, _totals: Sequence[float]) -> str | None:
        """Return what has to be known to read the figure of these totals, in a sentence."""
        return None
