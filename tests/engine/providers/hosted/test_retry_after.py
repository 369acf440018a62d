"""How long a service asks to wait."""

from __future__ import annotations

import pytest

from engine.providers.hosted.retry_after import moment, seconds_to_wait

_NOON = "Sat, 21 Nov 2026 12:00:00 GMT"
_LATER = "Sat, 21 Nov 2026 12:02:30 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": _LATER, "date": _NOON}, 150.0),
        ({"retry-after": _NOON, "date": _LATER}, 0.0),
        ({"retry-after": "Wed, 21 Nov 2001 12:00:00 GMT"}, 0.0),
        ({"retry-after": "1e9"}, 3600.0),
        ({"retry-after-ms": "1e300"}, 3600.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 3600.0),
        ({"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_seconds_and_dates_are_understood_and_nonsense_is_not(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert seconds_to_wait(headers) == seconds


def test_a_date_is_reckoned_in_utc() -> None:
    found = moment(_NOON)
    assert found is not None
    assert found.isoformat() == "2026-11-21T12:00:00+00:00"
    assert moment("Sat, 21 Nov 2026 12:00:00 -0000") == found
    assert moment(None) is None
    assert moment("tomorrow") is None
