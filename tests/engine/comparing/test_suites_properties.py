"""What holds for suites compared, whatever the scores: on made ones, recorded in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.comparing.subjects import Subject, subjects
from engine.comparing.suites import Scored, suite_comparisons
from engine.lab import Lab
from engine.places import Places
from tests.engine.comparing.evaluations import EXACT, PERPLEXITY, Evaluations, Gave

_SCORES = st.one_of(st.none(), st.sampled_from([0.0, 1.0]), st.floats(0, 1, width=16))
_GAVE = st.builds(
    Gave,
    exact=_SCORES,
    losses=st.one_of(
        st.none(), st.tuples(st.floats(0.0625, 9, width=16), st.integers(1, 9).map(float))
    ),
    cost=st.one_of(st.none(), st.floats(0.0078125, 1, width=16)),
)
_TWO = st.integers(1, 9).flatmap(
    lambda rows: st.tuples(*[st.lists(_GAVE, min_size=rows, max_size=rows)] * 2)
)
_NUMBERS = count()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for all examples: each has a suite and models of its own in it."""
    home = tmp_path_factory.mktemp("home")
    with Lab(Places(home, home / "ftlab.db"), role="cli") as opened:
        yield opened


def recorded(lab: Lab, *gave: list[Gave]) -> list[Subject]:
    """Record what models gave to the prompts of a suite that is new."""
    number = next(_NUMBERS)
    told = Evaluations(lab.log, lab.blobs)
    told.numbered_from(2 * number)
    suite = told.suite(f"made{number}", len(gave[0]))
    names = [f"local/{number}-{place}" for place in range(len(gave))]
    for name, each in zip(names, gave, strict=True):
        told.evaluate(suite, name, each, [EXACT, PERPLEXITY])
    return subjects(lab.database.reader, names)


def scored(lab: Lab, *compared: Subject) -> dict[str, Scored]:
    found = suite_comparisons(lab.database.reader, lab.blobs, compared)
    return {each.label: each for suite in found for each in suite.scorers}


@settings(max_examples=8, deadline=None)
@given(st.lists(_GAVE, min_size=1, max_size=9))
def test_a_model_differs_from_itself_by_nothing(lab: Lab, gave: list[Gave]) -> None:
    [model] = recorded(lab, gave)
    for each in scored(lab, model, model).values():
        [_, difference] = each.differences
        [_, tally] = each.tallies
        assert difference is not None
        assert tally is not None
        assert difference.low <= difference.value == 0 <= difference.high
        assert difference.p == 1
        assert (tally.wins, tally.losses) == (0, 0)
        assert (each.figures[0], each.best) == (each.figures[1], frozenset())


@settings(max_examples=8, deadline=None)
@given(_TWO)
def test_the_other_way_round_signs_flip(lab: Lab, gave: tuple[list[Gave], list[Gave]]) -> None:
    one, other = recorded(lab, *gave)
    there, back = scored(lab, one, other), scored(lab, other, one)
    assert there.keys() == back.keys()
    for label, each in there.items():
        assert each.figures == back[label].figures[::-1]
        assert each.rows == back[label].rows
        [[_, way], [_, returned]] = each.differences, back[label].differences
        if way is None or returned is None:
            assert way is returned is None
            continue
        assert returned.value == pytest.approx(-way.value)
        assert (returned.low, returned.high) == pytest.approx((-way.high, -way.low), abs=1e-9)
        assert returned.p == pytest.approx(way.p)
        [[_, won], [_, lost]] = each.tallies, back[label].tallies
        assert won is not None
        assert lost is not None
        assert (won.wins, won.ties, won.losses) == (lost.losses, lost.ties, lost.wins)


@settings(max_examples=8, deadline=None)
@given(_TWO)
def test_rows_are_told_by_how_far_they_are_apart(
    lab: Lab, gave: tuple[list[Gave], list[Gave]]
) -> None:
    compared = recorded(lab, *gave)
    [found] = suite_comparisons(lab.database.reader, lab.blobs, compared)
    apart = [row.apart for row in found.rows]
    assert len(apart) == found.prompts
    assert apart == sorted(apart, reverse=True)
    assert all(0 <= each <= 1 for each in apart)
