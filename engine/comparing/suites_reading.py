"""Reading what models answered to a suite, and what the scorers said of that."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.comparing.suites import Scored, SuiteComparison
from engine.comparing.suites_apart import rows_apart
from engine.comparing.suites_choosing import Chosen, command
from engine.comparing.suites_scored import Marks, all_scored
from engine.comparing.suites_warnings import incomparable, warnings
from engine.errors import LabError
from engine.evaluation.answers import row_key, row_of
from engine.evaluation.reading import settings_of
from engine.recording.settings import questions_of
from engine.scoring.registry import from_json, identity
from engine.suites.prompts import Prompt, kept
from store.errors import StoreError
from store.queries.evaluations import EvaluationRow, ScoreRow, scores_of
from store.queries.models import model_list
from store.queries.recordings import AnswerRow, answers_of

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from store.blobs import BlobStore

_Place = tuple[str, int]
"""A request and the number of the sample, by which an answer is found."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of an evaluation.

    Attributes:
        evaluation: the evaluation.
        wanted: the places of its answers.
        answers: the answers that there are to each prompt, by its digest, in the order of samples.
    """

    evaluation: EvaluationRow
    wanted: frozenset[_Place]
    answers: dict[str, list[AnswerRow]]


def compared(
    connection: sqlite3.Connection,
    blobs: BlobStore,
    subjects: Sequence[Subject],
    chosen: Chosen,
) -> SuiteComparison:
    """Read and compare how models did in one version of a suite.

    Raises:
        MissingPackageError: if numpy is not installed.
    """
    told: list[str] = []
    prompts = _prompts(blobs, chosen, told)
    read = [
        None if row is None else _read(connection, row, list(prompts.values()))
        for row in chosen.evaluations
    ]
    marks = _named(connection, _marks(connection, chosen, read, prompts, told))
    apart, _ = incomparable(subjects, marks)
    scorers = tuple(
        _by_itself(each) if each.label in apart else each
        for each in all_scored(
            marks, [None if each is None else each.answers for each in read], _batched(read)
        )
    )
    missing = {
        place: wanted
        for place, (subject, row) in enumerate(zip(subjects, chosen.evaluations, strict=True))
        if row is None and (wanted := command(chosen.called, subject)) is not None
    }
    return SuiteComparison(
        suite=chosen.suite,
        prompts=chosen.suite.prompts,
        evaluations=chosen.evaluations,
        scorers=scorers,
        rows=rows_apart(prompts, marks, [None if each is None else each.answers for each in read]),
        warnings=(*told, *warnings(subjects, chosen, marks, scorers, missing)),
        missing=missing,
        costs=chosen.costs,
    )


def _named(connection: sqlite3.Connection, marks: Sequence[Marks]) -> list[Marks]:
    """Return marks with the names of the models that answers were held beside.

    Where several models have the name, the id stands behind it.
    """
    if all(each.against is None for each in marks):
        return list(marks)
    names = {row.id: row.name for row in model_list(connection)}
    often = Counter(names.values())
    known = {
        model: name if often[name] == 1 else f"{name} ({model})" for model, name in names.items()
    }
    return [replace(each, against=known.get(each.against or "", each.against)) for each in marks]


def _batched(read: Sequence[Read | None]) -> frozenset[int]:
    """Return the places of those that gave several answers at a time: models of this machine."""
    return frozenset(
        place
        for place, each in enumerate(read)
        if each is not None and each.evaluation.provider == "local" and len(each.answers) > 1
    )


def _by_itself(scored: Scored) -> Scored:
    """Return figures that cannot be held against each other."""
    nothing = (None,) * len(scored.figures)
    return replace(scored, differences=nothing, tallies=nothing, ratios=nothing, best=frozenset())


def _prompts(blobs: BlobStore, chosen: Chosen, told: list[str]) -> dict[str, Prompt]:
    """Return the prompts by the keys of their rows, in the order of the suite."""
    try:
        return {row_of(prompt): prompt for prompt in kept(blobs, chosen.suite.content)}
    except (StoreError, OSError) as error:
        told.append(f"The prompts of {chosen.suite.name} cannot be read, so nothing is: {error}")
        return {}


def _read(connection: sqlite3.Connection, row: EvaluationRow, prompts: Sequence[Prompt]) -> Read:
    # Of one that draws samples, the answers at temperature 0 are not scored.
    wanted = frozenset(
        question.place
        for question in questions_of(prompts, settings_of(row))
        if bool(question.sample) == bool(row.samples)
    )
    answers: dict[str, list[AnswerRow]] = {}
    found = answers_of(connection, row.model) if wanted else {}
    for place in sorted(wanted & found.keys(), key=lambda each: (each[1], each[0])):
        answer = found[place]
        if answer.reply is not None:
            answers.setdefault(answer.prompt, []).append(answer)
    return Read(row, wanted, answers)


def _marks(
    connection: sqlite3.Connection,
    chosen: Chosen,
    read: Sequence[Read | None],
    prompts: dict[str, Prompt],
    told: list[str],
) -> list[Marks]:
    """Return what each scorer said of each model's answers, those that said nothing left out."""
    found: dict[tuple[str, str | None], Marks] = {}
    for said, against in chosen.scorers:
        try:
            scorer = from_json(json.loads(said))
        except LabError as error:
            told.append(f"What a scorer said is left out: {error}")
            continue
        # Only of some scorers it matters whose answers others were held beside.
        for beside in dict.fromkeys((against, None)):
            scores = tuple(
                None
                if each is None
                else _scores(connection, each, identity(scorer), beside, prompts)
                for each in read
            )
            if any(scores):
                found.setdefault((identity(scorer), beside), Marks(scorer, beside, scores))
                break
    return list(found.values())


def _scores(
    connection: sqlite3.Connection,
    read: Read,
    scorer: str,
    against: str | None,
    prompts: dict[str, Prompt],
) -> list[ScoreRow]:
    scores = scores_of(connection, read.evaluation.model, scorer, against or "").values()
    return [
        score
        for score in scores
        if (score.request, score.sample) in read.wanted
        and row_key(score.prompt, score.reference) in prompts
    ]
