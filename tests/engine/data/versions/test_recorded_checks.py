from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.data.versions.importing import Source
from engine.data.versions.recorded_checks import check_that_holds, recorded_check
from engine.lab import Lab
from store.events import DatasetChecked
from store.log import EventLog

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MODEL = "gpt-4o-mini"


@pytest.fixture
def version(lab: Lab, tmp_path: Path) -> str:
    """A version that was checked at `NOW`, for a hosted model and for none."""
    file = tmp_path / "talk.jsonl"
    file.write_text('{"prompt": "1 + 1?", "completion": "2"}\n')
    row = lab.datasets.add(Source(file), "talk").version
    log = EventLog(lab.database, "test", clock=lambda: NOW)
    for method, model in (("supervised", MODEL), ("each row's own", None)):
        fact = DatasetChecked(
            version=row.id, method=method, model=model, errors=0, warnings=0, rules={}, report={}
        )
        log.append("dataset/talk", fact)
    return row.id


def test_a_check_for_a_hosted_model_holds_on_its_day(lab: Lab, version: str) -> None:
    found = check_that_holds(lab, version, MODEL, "supervised", NOW.date())
    assert found is not None
    next_day = (NOW + timedelta(days=1)).date()
    assert check_that_holds(lab, version, MODEL, "supervised", next_day) is None
    assert recorded_check(lab, version, MODEL, "supervised") == found


def test_figures_of_ones_own_that_changed_since_ask_for_another(lab: Lab, version: str) -> None:
    lab.places.prices.write_text("")
    for hours, holds in ((-1, True), (1, False)):
        moment = (NOW + timedelta(hours=hours)).timestamp()
        os.utime(lab.places.prices, (moment, moment))
        found = check_that_holds(lab, version, MODEL, "supervised", NOW.date())
        assert (found is not None) == holds


def test_a_check_without_a_service_holds_for_good(lab: Lab, version: str) -> None:
    assert check_that_holds(lab, version, None, None) is not None


def test_a_check_for_something_else_does_not_count(lab: Lab, version: str) -> None:
    assert check_that_holds(lab, version, MODEL, "dpo", NOW.date()) is None
    assert check_that_holds(lab, version, "gpt-4o", "supervised", NOW.date()) is None
