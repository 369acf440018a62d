"""What has to be known to read how models did in a suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from engine.base_models import display_name
from engine.comparing.suites_choosing import drawn
from engine.scoring.likelihood import Perplexity, TokenAccuracy, TokenLoss
from store.recording_status import COMPLETED

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import Scored
    from engine.comparing.suites_choosing import Chosen, Drawn
    from engine.comparing.suites_scored import Marks
    from store.queries.evaluations import EvaluationRow


def warnings(
    subjects: Sequence[Subject],
    chosen: Chosen,
    marks: Sequence[Marks],
    scorers: Sequence[Scored],
    missing: Mapping[int, str],
) -> Iterator[str]:
    """Tell who was not evaluated, or in another way, and which rows are not compared.

    Args:
        subjects: what is compared.
        chosen: the suite and the evaluations.
        marks: what the scorers said.
        scorers: what comes of that.
        missing: commands that evaluate those that were not, by the place of the subject.
    """
    yield from _not_evaluated(subjects, chosen, missing)
    yield from _not_whole(subjects, chosen)
    yield from _drawn_otherwise(subjects, chosen)
    yield from _faults(subjects, marks)
    yield from _other_tokens(subjects, marks)
    yield from _leaked(subjects, chosen.evaluations)
    yield from _left_out(subjects, scorers)
    yield from _timed_together(subjects, scorers)


def _not_evaluated(
    subjects: Sequence[Subject], chosen: Chosen, missing: Mapping[int, str]
) -> Iterator[str]:
    suite = chosen.called
    for place, (subject, row) in enumerate(zip(subjects, chosen.evaluations, strict=True)):
        if row is not None:
            continue
        if (command := missing.get(place)) is not None:
            yield f"{subject.name} was not evaluated by {suite}: `{command}`"
        elif subject.is_gone:
            yield f"{subject.name} was not evaluated by {suite}, and is gone"
        else:
            yield f"{subject.name} has no model that {suite} could be asked"


def _not_whole(subjects: Sequence[Subject], chosen: Chosen) -> Iterator[str]:
    for subject, row in zip(subjects, chosen.evaluations, strict=True):
        if row is not None and row.status != COMPLETED:
            yield (
                f"The evaluation of {subject.name} did not come to its end"
                f"{f' ({row.reason})' if row.reason else ''}: "
                f"asked for again, it goes on where it stopped"
            )


def _drawn_otherwise(subjects: Sequence[Subject], chosen: Chosen) -> Iterator[str]:
    told = [
        (subject.name, drawn(row))
        for subject, row in zip(subjects, chosen.evaluations, strict=True)
        if row is not None
    ]
    if len({how for _, how in told}) > 1:
        words = "; ".join(f"{name} {_in_words(how)}" for name, how in told)
        yield f"Their answers were drawn differently: {words}"


def _in_words(how: Drawn) -> str:
    samples, temperature, max_tokens, stop = how
    times = f"{samples} times at temperature {temperature:g}" if samples else "at temperature 0"
    ends = "" if stop == "[]" else f", ended by {stop}"
    return f"{times}, up to {max_tokens:,} tokens{ends}"


def _faults(subjects: Sequence[Subject], marks: Sequence[Marks]) -> Iterator[str]:
    for each in marks:
        for subject, scores in zip(subjects, each.scores, strict=True):
            faults = [score.fault for score in scores or () if score.fault is not None]
            if faults:
                yield (
                    f"{each.label} could not score {_answers(len(faults))} of {subject.name}: "
                    f"{faults[0]}"
                )


def incomparable(subjects: Sequence[Subject], marks: Sequence[Marks]) -> tuple[list[str], set[str]]:
    """Return the scorers that count tokens of several kinds, and whose tokens those are.

    No scorers if all tokens are of one kind.
    """
    labels = []
    read_by: set[str] = set()
    for each in marks:
        if isinstance(each.scorer, Perplexity | TokenAccuracy | TokenLoss):
            labels.append(each.label)
            known = zip(subjects, each.scores, strict=True)
            read_by |= {_base(subject) for subject, scores in known if scores}
    return (labels if len(read_by) > 1 else []), read_by


def _other_tokens(subjects: Sequence[Subject], marks: Sequence[Marks]) -> Iterator[str]:
    """Tell that what is counted by tokens is another measure in other tokens."""
    labels, read_by = incomparable(subjects, marks)
    if labels:
        yield (
            f"Only where base models have the same tokens can {', '.join(labels)} be compared; "
            f"these are of {', '.join(sorted(read_by))}"
        )


def _leaked(
    subjects: Sequence[Subject], evaluations: Sequence[EvaluationRow | None]
) -> Iterator[str]:
    """Tell whose scores prove little, for it has learned what it was asked."""
    for subject, row in zip(subjects, evaluations, strict=True):
        if row is not None and row.leaked:
            yield (
                f"{row.leaked} of the {row.count} prompts stand in what {subject.name} was trained "
                "on: its scores prove little"
            )


def _base(subject: Subject) -> str:
    return display_name(subject.lineage[0] if subject.lineage else subject.name)


def _left_out(subjects: Sequence[Subject], scorers: Sequence[Scored]) -> Iterator[str]:
    told: dict[tuple[str, int], list[str]] = {}
    for scored in scorers:
        for subject, count in zip(subjects, scored.left_out, strict=True):
            if count:
                told.setdefault((subject.name, count), []).append(scored.label)
    for (name, count), labels in told.items():
        yield (
            f"{_rows(count)} that only one of {subjects[0].name} and {name} has a score for "
            f"{'is' if count == 1 else 'are'} left out of their differences: {', '.join(labels)}"
        )


def _timed_together(subjects: Sequence[Subject], scorers: Sequence[Scored]) -> Iterator[str]:
    """Tell why nothing is said of how certain the time is that models of this machine took."""
    # The time of a single one is held against nothing.
    timed = [
        each
        for each in scorers
        if each.batched and len(each.figures) > each.figures.count(None) + 1
    ]
    labels = [each.label for each in timed]
    if labels:
        places = sorted(frozenset[int]().union(*(each.batched for each in timed)))
        names = ", ".join(subjects[place].name for place in places)
        yield (
            f"{', '.join(labels)}: many answers at a time were timed together on this machine, "
            f"with whatever else it did ({names}); that tells how long they took there, but not "
            "which model is faster"
        )


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count:,} answers"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
