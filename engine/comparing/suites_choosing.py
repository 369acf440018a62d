"""Which suites are compared, and which evaluation by each of them stands for a model."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from engine.comparing.suites_costs import EvaluationCost, cost_of
from store.queries import suites
from store.queries.evaluations import EvaluationRow, evaluation_list
from store.recording_status import COMPLETED

if TYPE_CHECKING:
    from engine.comparing.subjects import Subject
    from store.queries.suites import SuiteRow

ENOUGH = 2
"""How many have to be evaluated by a suite for a comparison."""

Drawn = tuple[int, float, int, str]
"""How answers were drawn: samples, temperature, tokens at most, what ends an answer."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A suite version, and what stands in it for each of what is compared.

    Attributes:
        suite: the version.
        called: what it is asked for by: its name, or `name@version` if there are newer ones.
        evaluations: the evaluation of each; None where there is none.
        scorers: all scorers that these answers were scored by, as they are recorded, each with the
            model whose answers they were held beside.
        costs: what the evaluation of each cost, and its judges.
    """

    suite: SuiteRow
    called: str
    evaluations: tuple[EvaluationRow | None, ...]
    scorers: tuple[tuple[str, str | None], ...]
    costs: tuple[EvaluationCost, ...]


def chosen(
    connection: sqlite3.Connection, subjects: Sequence[Subject], suite: str | None
) -> list[Chosen]:
    """Return the suite versions to compare by; see `suites.suite_comparisons`.

    Raises:
        NotFoundError: if there is no such suite.
    """
    by_suite = _by_suite(connection, subjects)
    if suite is not None:
        return [
            _chosen(connection, _asked_for(connection, suite, by_suite), by_suite, len(subjects))
        ]
    versions = suites.suite_list(connection) if by_suite else []
    names = dict.fromkeys(version.name for version in versions)
    newest = (_newest([each for each in versions if each.name == name], by_suite) for name in names)
    return [
        _chosen(connection, version, by_suite, len(subjects))
        for version in newest
        if version is not None
    ]


def command(suite: str, subject: Subject) -> str | None:
    """Return the command that evaluates something; None if it has no model to ask.

    Args:
        suite: by what: its name, or `name@version`.
        subject: what.
    """
    if subject.recorded_as is None or subject.is_gone:
        return None
    called = subject.recorded_as if subject.model is None else subject.model.name
    provider, _, name = called.partition("/")
    if subject.model is not None or not name:
        return f"ftlab eval {suite} {called}"
    at = "" if provider == "local" else f" --provider {provider}"
    return f"ftlab eval {suite} {name}{at}"


_BySuite = dict[str, list[list[EvaluationRow]]]
"""The evaluations of each suite version by its id: of each subject, the newest first."""


def _by_suite(connection: sqlite3.Connection, subjects: Sequence[Subject]) -> _BySuite:
    found: _BySuite = {}
    for place, subject in enumerate(subjects):
        if subject.recorded_as is None:
            continue
        for row in evaluation_list(connection, subject.recorded_as):
            found.setdefault(row.suite, [[] for _ in subjects])[place].append(row)
    return found


def _asked_for(connection: sqlite3.Connection, reference: str, by_suite: _BySuite) -> SuiteRow:
    """Return the version that is meant; of a name alone, the newest that can be compared by."""
    found = suites.suite(connection, reference)
    if reference != found.name:
        return found
    versions = suites.versions_of(connection, found.name)
    evaluated = next((each for each in versions if each.id in by_suite), found)
    return _newest(versions, by_suite) or evaluated


def _newest(versions: Iterable[SuiteRow], by_suite: _BySuite) -> SuiteRow | None:
    """Return the newest of a suite's versions, newest first, by which enough were evaluated."""
    return next(
        (each for each in versions if _evaluated(by_suite.get(each.id, ())) >= ENOUGH), None
    )


def _evaluated(of_each: Iterable[Sequence[EvaluationRow]]) -> int:
    return sum(bool(rows) for rows in of_each)


def _chosen(
    connection: sqlite3.Connection, suite: SuiteRow, by_suite: _BySuite, count: int
) -> Chosen:
    of_each = by_suite.get(suite.id) or [[] for _ in range(count)]
    usual = _usual(of_each)
    evaluations = tuple(_one(rows, usual) for rows in of_each)
    known = {drawn(each) for each in evaluations if each is not None}
    same = [row for row in chain.from_iterable(of_each) if drawn(row) in known]
    picked = [each for each in evaluations if each is not None]
    scorers = (
        (json.dumps(scorer, sort_keys=True), row.against)
        for row in (*picked, *same)
        for scorer in json.loads(row.scorers_json)
    )
    [newest, *_] = suites.versions_of(connection, suite.name)
    called = suite.name if newest.id == suite.id else f"{suite.name}@{suite.version}"
    costs = tuple(
        cost_of(one, [row for row in rows if one is not None and drawn(row) == drawn(one)])
        for one, rows in zip(evaluations, of_each, strict=True)
    )
    return Chosen(suite, called, evaluations, tuple(dict.fromkeys(scorers)), costs)


def drawn(row: EvaluationRow) -> Drawn:
    """Return how the answers of an evaluation were drawn."""
    return row.samples, row.temperature, row.max_tokens, row.stop_json


def _usual(of_each: Sequence[Sequence[EvaluationRow]]) -> Drawn | None:
    """Return how the answers of most of them were drawn, of as many the newest."""
    whole = [{drawn(row) for row in rows if row.status == COMPLETED} for rows in of_each]
    counted = Counter(chain.from_iterable(whole))
    newest: dict[Drawn, str] = {}
    for row in chain.from_iterable(of_each):
        newest[drawn(row)] = max(newest.get(drawn(row), ""), row.planned_at)
    return max(counted, key=lambda each: (counted[each], newest[each]), default=None)


def _one(rows: Sequence[EvaluationRow], usual: Drawn | None) -> EvaluationRow | None:
    """Return the newest evaluation: if it can be, a whole one whose answers were drawn as usual."""
    return max(
        rows,
        key=lambda row: (row.status == COMPLETED, drawn(row) == usual, row.planned_at),
        default=None,
    )
