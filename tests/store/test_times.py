from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.times import from_text, now, parse_when, to_text

MOMENTS = st.datetimes(
    timezones=st.just(UTC),
)


@given(MOMENTS)
def test_a_moment_is_read_back_as_it_was_written(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_the_moments_do(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


def test_a_moment_is_written_in_utc_with_microseconds() -> None:
    moment = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=2)))

    assert to_text(moment) == "2026-11-21T10:00:00.000000Z"


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("30s", timedelta(seconds=30)),
        ("90m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(days=7)),
    ],
)
def test_an_age_is_taken_back_from_now(text: str, age: timedelta) -> None:
    before = now() - age

    assert before <= parse_when(text) <= now() - age


def test_a_date_or_time_without_a_zone_is_the_machines_own() -> None:
    assert parse_when("2026-11-20") == datetime(2026, 11, 20).astimezone()
    assert parse_when("2026-11-20T18:30") == datetime(2026, 11, 20, 18, 30).astimezone()


@pytest.mark.parametrize("text", ["tuesday", "Tue", "last tuesday"])
def test_a_weekday_is_the_last_one_before_today(text: str) -> None:
    found = parse_when(text).astimezone()
    today = now().astimezone().date()
    assert found.weekday() == 1
    assert 1 <= (today - found.date()).days <= 7
    assert (found.hour, found.minute) == (0, 0)


def test_a_day_may_have_a_time_and_a_time_may_be_of_today() -> None:
    midnight = now().astimezone().replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    yesterday = midnight - timedelta(days=1)
    assert parse_when("today") == midnight.astimezone()
    assert parse_when("yesterday") == yesterday.astimezone()
    assert parse_when("yesterday 18:30") == yesterday.replace(hour=18, minute=30).astimezone()
    assert parse_when("8:05") == midnight.replace(hour=8, minute=5).astimezone()


def test_a_time_with_a_zone_keeps_it() -> None:
    assert parse_when("2026-11-20T18:30+02:00") == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m",
        ".m",
        "²d",
        "-3d",
        "1e9d",
        "someday",
        "tu",
        "tuesday 25:00",
        "2026-13-01",
        "999999999999d",
        "9e9w",
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-11-20, 2026-11-20T18:30, tuesday 18:30"):
        parse_when(text)
