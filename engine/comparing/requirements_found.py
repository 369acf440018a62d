"""What a requirement is held against: a scorer's figure in a suite, or one of held-out examples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from engine.comparing.suites import COST
from engine.errors import RequestError
from store.recording_status import COMPLETED

if TYPE_CHECKING:
    from engine.comparing.requirements import Requirement
    from engine.comparing.scores import ScoreTable
    from engine.comparing.subjects import Subject
    from engine.comparing.suites import Scored, SuiteComparison
    from engine.statistics.paired import Difference, Estimate

HELD_OUT: Final = ("loss", "perplexity", "accuracy")
"""What evaluations during training tell, beside the suites."""

NO_MULTIPLE: Final = "no multiple of 0"
"""What is said of a ratio whose reference is 0."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a requirement is held against.

    Attributes:
        suite: by which suite, as `name@version`; None if by what was evaluated in training.
        reference: the figure of the first, on all rows that it has.
        candidate: that of the second.
        value: the difference (candidate minus reference) or the ratio, on the rows that both have;
            infinite where the reference is 0, of which no number of times is as much.
        low: where its 95% interval begins; None if there is none.
        high: where it ends.
        p: of the difference; None of a ratio, and where there is none.
        rows: how many rows were compared; None if that is not known.
        left_out: how many rows only one of them has.
    """

    suite: str | None
    reference: float
    candidate: float
    value: float
    low: float | None = None
    high: float | None = None
    p: float | None = None
    rows: int | None = None
    left_out: int = 0


def found(
    requirement: Requirement,
    subjects: Sequence[Subject],
    suites: Sequence[SuiteComparison],
    tables: Sequence[ScoreTable],
) -> Found:
    """Return what a requirement is held against.

    Args:
        requirement: what is required.
        subjects: the model that stands, and the candidate.
        suites: how they did in suites.
        tables: how they did on held-out examples.

    Raises:
        RequestError: if that is not known, or could be several things.
    """
    hits = _hits(requirement.metric, suites)
    if len(hits) > 1:
        raise RequestError(_several(requirement, hits))
    if hits:
        [(suite, scored)] = hits
        _require_whole(requirement, subjects, suite)
        return _in_suite(requirement, subjects, suite, scored)
    if requirement.metric in HELD_OUT:
        return _on_held_out(requirement, subjects, tables)
    raise RequestError(_unknown(requirement, subjects, suites, tables))


_Hit = tuple["SuiteComparison", "Scored"]


def _hits(metric: str, suites: Sequence[SuiteComparison]) -> list[_Hit]:
    """Return what a name means: a scorer as it is typed with its settings, or else without."""
    known = [(suite, scored) for suite in suites for scored in suite.scorers]
    exact = [hit for hit in known if metric in (hit[1].label, hit[1].title)]
    return exact or [hit for hit in known if hit[1].label.startswith((f"{metric}:", f"{metric},"))]


def _several(requirement: Requirement, hits: Sequence[_Hit]) -> str:
    names = list(dict.fromkeys(suite.suite.name for suite, _ in hits))
    if len(names) > 1:
        return (
            f"'{requirement.text}' could be of several suites ({', '.join(names)}): say which, "
            f"with --suite {names[0]}"
        )
    labels = "; ".join(scored.title for _, scored in hits)
    return f"'{requirement.text}' could be of several scorers: write out one of {labels}"


def _require_whole(
    requirement: Requirement, subjects: Sequence[Subject], suite: SuiteComparison
) -> None:
    """See that nothing is decided by half an evaluation."""
    for place, (subject, row) in enumerate(zip(subjects, suite.evaluations, strict=True)):
        if row is not None and row.status == COMPLETED:
            continue
        state = "was not evaluated by" if row is None else "has no whole evaluation by"
        command = suite.missing.get(place) or f"ftlab eval {suite.suite.name} {subject.name}"
        raise RequestError(
            f"'{requirement.text}' cannot be told: {subject.name} {state} {suite.suite.name}. "
            f"`{command}` does that"
        )


def _in_suite(
    requirement: Requirement,
    subjects: Sequence[Subject],
    suite: SuiteComparison,
    scored: Scored,
) -> Found:
    reference, candidate = scored.figures
    difference = scored.differences[1]
    if reference is None or candidate is None:
        unknown = subjects[0] if reference is None else subjects[1]
        raise RequestError(
            f"'{requirement.text}' cannot be told: {scored.title} is not known of the answers of "
            f"{unknown.name} to {suite.suite.name}"
        )
    if difference is None and not (scored.batched and scored.rows):
        raise RequestError(f"'{requirement.text}' cannot be told: {_why_apart(suite, scored)}")
    _require_numbers(requirement, subjects, reference.value, candidate.value)
    _require_enough(requirement, suite, scored, difference)
    if difference is None:
        return _timed_together(requirement, suite, scored, reference.value, candidate.value)
    apart = _ratio(requirement, scored) if requirement.is_ratio else difference
    value, low, high = (apart, None, None) if isinstance(apart, float) else _interval(apart)
    return Found(
        f"{suite.suite.name}@{suite.suite.version}",
        reference.value,
        candidate.value,
        value,
        low,
        high,
        None if requirement.is_ratio else difference.p,
        difference.rows,
        scored.left_out[1],
    )


def _timed_together(
    requirement: Requirement,
    suite: SuiteComparison,
    scored: Scored,
    reference: float,
    candidate: float,
) -> Found:
    """Return figures of time of this machine, whose rows tell nothing of how certain they are."""
    value = candidate - reference
    if requirement.is_ratio:
        apart = _ratio(requirement, scored)
        value = apart if isinstance(apart, float) else apart.value
    name = f"{suite.suite.name}@{suite.suite.version}"
    return Found(name, reference, candidate, value, rows=scored.rows)


def _why_apart(suite: SuiteComparison, scored: Scored) -> str:
    """Say why two figures cannot be held against each other."""
    if not scored.rows:
        return f"{scored.title} is known of no prompt of {suite.suite.name} for both"
    return f"{scored.title} is counted by tokens, and those of the two are not the same"


def _require_numbers(
    requirement: Requirement, subjects: Sequence[Subject], *figures: float
) -> None:
    """See that nothing is decided by a training that went astray."""
    for subject, figure in zip(subjects, figures, strict=True):
        if not math.isfinite(figure):
            what = "no number" if math.isnan(figure) else "infinite"
            raise RequestError(
                f"'{requirement.text}' cannot be told: the {requirement.metric} of {subject.name} "
                f"is {what}"
            )


def _require_enough(
    requirement: Requirement, suite: SuiteComparison, scored: Scored, difference: Difference | None
) -> None:
    """See that nothing is decided by leaving out what was refused, or has no score.

    Of a share it is enough if the requirement would hold were each of those rows lost as far as can
    be, or would not hold anyway.
    """
    left_out = scored.left_out[1]
    if not left_out:
        return
    if difference is not None and scored.unit == "share" and not requirement.is_ratio:
        sign = -1 if requirement.operator in (">", ">=") else 1
        total = difference.value * difference.rows
        worst = (total + sign * left_out) / (difference.rows + left_out)
        if requirement.allows(worst) or not requirement.allows(difference.value):
            return
    raise RequestError(
        f"'{requirement.text}' cannot be told: {left_out} of the {suite.prompts} prompts of "
        f"{suite.suite.name} have a {scored.label} of only one of the two (the other refused them, "
        "or cannot be scored), which could decide it: `ftlab evals show` tells why"
    )


def _interval(found: Estimate) -> tuple[float, float | None, float | None]:
    # Of rows that are all alike, or a single one, nothing tells how certain it is.
    return (found.value, None, None) if found.rows < 2 else (found.value, found.low, found.high)


def _ratio(requirement: Requirement, scored: Scored) -> Estimate | float:
    """Return how many times as large the candidate's figure is."""
    ratio = scored.ratios[1]
    if ratio is not None:
        return ratio
    reference, candidate = (each.value if each is not None else 0.0 for each in scored.figures)
    if reference == 0 and candidate > 0:
        return math.inf
    if reference == candidate == 0 and scored.label == COST:
        # What is free costs as much as what is free; a score of 0 is no measure for another.
        return 1.0
    why = "is 0 of both" if reference == candidate == 0 else "has no ratio"
    raise RequestError(_bound_the_difference(requirement, f"{scored.label} {why}"))


def _bound_the_difference(requirement: Requirement, why: str) -> str:
    return (
        f"'{requirement.text}' says nothing: {why}. Bound its difference, as "
        f"{requirement.metric}{requirement.operator}0.01"
    )


def _on_held_out(
    requirement: Requirement, subjects: Sequence[Subject], tables: Sequence[ScoreTable]
) -> Found:
    name = requirement.metric
    values = [each.values for table in tables for each in table.scores if each.name == name]
    for reference, candidate in values:
        if reference is None or candidate is None:
            continue
        _require_numbers(requirement, subjects, reference, candidate)
        if not requirement.is_ratio:
            return Found(None, reference, candidate, candidate - reference)
        if reference == candidate == 0:
            raise RequestError(_bound_the_difference(requirement, f"the {name} is 0 of both"))
        return Found(None, reference, candidate, candidate / reference if reference else math.inf)
    for place, subject in enumerate(subjects):
        if all(each[place] is None for each in values):
            raise RequestError(
                f"'{requirement.text}' cannot be told: the {name} of {subject.name} on held-out "
                "examples is not known, and no suite has such a scorer"
            )
    raise RequestError(
        f"'{requirement.text}' cannot be told: {subjects[0].name} and {subjects[1].name} were "
        "evaluated on other examples, or in other tokens"
    )


def _near(metric: str, names: Sequence[str]) -> list[str]:
    """Return the name that a metric was meant to be, if one is like it."""
    plain = {name.casefold(): name for name in names}
    wanted = "_".join(metric.casefold().replace("-", " ").split())
    return [plain[each] for each in get_close_matches(wanted, plain, n=1)]


def _unknown(
    requirement: Requirement,
    subjects: Sequence[Subject],
    suites: Sequence[SuiteComparison],
    tables: Sequence[ScoreTable],
) -> str:
    names = [scored.title for suite in suites for scored in suite.scorers]
    measured = {each.name for table in tables for each in table.scores}
    names += [name for name in HELD_OUT if name in measured]
    there_are = f"; there are {', '.join(dict.fromkeys(names))}" if names else ""
    told = [f"there is no {requirement.metric!r} of these two{there_are}."]
    told += [f"Did you mean {name}?" for name in _near(requirement.metric, names)]
    commands = [command for suite in suites for command in suite.missing.values()]
    told += [f"`{command}` evaluates one of them." for command in commands]
    if not suites:
        called = " ".join(subject.name for subject in subjects)
        told.append(f"They were not evaluated by one suite: `ftlab eval SUITE {called}` does that.")
    return " ".join(told)
