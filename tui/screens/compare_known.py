"""What was read of what is compared, and the tables that are made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.widgets.comparison_differences import differences
from tui.widgets.comparison_scores import scores
from tui.widgets.comparison_suites import suite_sections

if TYPE_CHECKING:
    from engine.comparing.answer_scores import AnswerScores
    from engine.comparing.answers import Asked
    from engine.comparing.data import DataDifference
    from engine.comparing.subjects import Subject
    from store.queries.datasets import DatasetRow
    from tui.screens.compare_reading import SuitesRead
    from tui.widgets.comparison_table import Section


class Known:
    """What is known of jobs and models that are compared.

    Attributes:
        subjects: what may be compared, by id; what was taken out is still among them.
        data: how dataset versions differ, by the ids of the two.
        suites: how those last read did in suites.
    """

    def __init__(self) -> None:
        self.subjects: Mapping[str, Subject] = {}
        self.data: dict[tuple[str, str], DataDifference] = {}
        self.suites: SuitesRead | None = None
        self._counted: tuple[Sequence[Asked], Sequence[str | None], AnswerScores] | None = None

    def compared(self, ids: Iterable[str]) -> list[Subject]:
        """Return what is known of these, in their order."""
        return [self.subjects[each] for each in ids if each in self.subjects]

    @property
    def streams(self) -> list[str]:
        """The streams that tell of any of them."""
        return [stream for each in self.subjects.values() for stream in each.streams]

    @property
    def models(self) -> frozenset[str]:
        """What the answers of all their models are recorded under."""
        return frozenset(filter(None, (each.recorded_as for each in self.subjects.values())))

    def take(self, subjects: Mapping[str, Subject]) -> list[str]:
        """Take what was read anew; return, in words, which models went since."""
        before, self.subjects = self.subjects, dict(subjects)
        return [
            f"the model {each.model.name} is gone: {each.model.gone_reason or 'nobody said why'}"
            for each in subjects.values()
            if each.model is not None
            and each.is_gone
            and each.id in before
            and not before[each.id].is_gone
        ]

    def unread_data(self, compared: Sequence[Subject]) -> list[tuple[DatasetRow, DatasetRow]]:
        """Return the pairs of dataset versions of which is not known how they differ."""
        versions = {version.id: version for each in compared for version in _versions(each)}
        return [
            (versions[before], versions[after])
            for before, after in _pairs(compared)
            if (before, after) not in self.data
        ]

    def differences(self, compared: Sequence[Subject], *, everything: bool) -> list[Section]:
        """Return the table of differences; with `everything`, also what is the same for all."""
        from engine.comparing.comparison import comparison

        found = [self.data[pair] for pair in _pairs(compared) if pair in self.data]
        return differences(comparison(compared), found, everything=everything)

    def scores(self, compared: Sequence[Subject], asked: Sequence[Asked] | None) -> list[Section]:
        """Return the tables of scores.

        Args:
            compared: whose.
            asked: what models answered; None until it was read.
        """
        from engine.comparing.scores import score_tables

        tables = score_tables([each.scores for each in compared])
        answers = self._count_answers(asked, [each.recorded_as for each in compared])
        return scores(tables, answers, self._suite_sections(compared))

    def _suite_sections(self, compared: Sequence[Subject]) -> list[Section]:
        read = self.suites
        if read is None or read.compared != tuple(each.id for each in compared):
            return suite_sections(None)
        return suite_sections(read.found, read.trouble)

    def _count_answers(
        self, asked: Sequence[Asked] | None, models: Sequence[str | None]
    ) -> AnswerScores | None:
        """Count the answers, once for the same models: there may be thousands of them."""
        from engine.comparing.answer_scores import answer_scores

        if asked is None:
            return None
        if self._counted is None or self._counted[:2] != (asked, models):
            self._counted = (asked, models, answer_scores(asked, models))
        return self._counted[2]


def _versions(subject: Subject) -> Iterator[DatasetRow]:
    yield from filter(None, (subject.data, subject.validation))


def _pairs(compared: Sequence[Subject]) -> list[tuple[str, str]]:
    from engine.comparing.data import pairs

    versions = ([each.data for each in compared], [each.validation for each in compared])
    return [(a.id, b.id) for several in versions for a, b in pairs(several)]
