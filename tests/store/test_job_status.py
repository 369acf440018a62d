from __future__ import annotations

import pytest

from store import job_status
from store.job_status import ACTIVE, ENDED, RESUMABLE, STATUSES, follow


@pytest.mark.parametrize(
    ("current", "reported", "becomes"),
    [
        ("planned", "validating_files", "validating_files"),
        ("planned", "running", "running"),
        ("validating_files", "succeeded", "succeeded"),
        ("running", "paused", "paused"),
        ("paused", "running", "running"),
        ("interrupted", "running", "running"),
        ("running", "running", "running"),
    ],
)
def test_a_report_that_may_follow_moves_the_job_on(
    current: str, reported: str, becomes: str
) -> None:
    assert follow(current, reported) == becomes


@pytest.mark.parametrize(
    ("current", "reported"),
    [
        ("running", "queued"),
        ("running", "validating_files"),
        ("queued", "planned"),
        ("succeeded", "running"),
        ("cancelled", "succeeded"),
        ("failed", "queued"),
        ("running", "pausing"),
    ],
)
def test_a_report_that_goes_backwards_or_is_unknown_changes_nothing(
    current: str, reported: str
) -> None:
    assert follow(current, reported) == current


def test_every_status_has_its_place_in_the_table_and_one_kind() -> None:
    assert set(job_status._FOLLOWERS) == set(STATUSES)
    assert not set(ACTIVE) & set(ENDED)
    assert set(RESUMABLE) < set(ENDED)


@pytest.mark.parametrize("current", STATUSES)
def test_no_report_leads_outside_the_table(current: str) -> None:
    assert {follow(current, reported) for reported in [*STATUSES, "", "?"]} <= set(STATUSES)


@pytest.mark.parametrize("status", ["succeeded", "failed", "cancelled"])
def test_only_a_resumption_reopens_a_job_that_ended(status: str) -> None:
    assert {follow(status, reported) for reported in STATUSES} == {status}
