"""Moments and sizes in words."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tui import wording


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("new_york")
def test_a_moment_is_told_in_the_machines_own_zone() -> None:
    assert wording.local_time("2026-07-01T12:00:00.500000Z") == "2026-07-01 08:00:00"
    assert wording.local_time("2026-12-01T12:00:00.500000Z") == "2026-12-01 07:00:00"


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (98_000_000, "98.0 MB"), (3.2e13, "32.0 TB")],
)
def test_a_size_is_told_in_its_unit(count: int, said: str) -> None:
    assert wording.size(count) == said


def test_one_thing_is_told_in_the_singular() -> None:
    said = [wording.number_of(count, "example") for count in (0, 1, 2)]
    assert said == ["0 examples", "1 example", "2 examples"]
