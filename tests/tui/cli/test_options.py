"""Times and events as people write them."""

from __future__ import annotations

import click
import pytest

from tui.cli.options import EventOrMoment, Moment


def test_a_moment_becomes_the_text_that_the_log_sorts_by() -> None:
    assert Moment().convert("2026-11-20T18:30+01:00", None, None) == "2026-11-20T17:30:00.000000Z"


def test_a_seq_stays_a_seq_and_a_time_becomes_its_text() -> None:
    assert EventOrMoment().convert("0120", None, None) == "120"
    moment = EventOrMoment().convert("2026-11-20T18:30Z", None, None)
    assert moment == "2026-11-20T18:30:00.000000Z"


@pytest.mark.parametrize("text", ["", "soon", "-5", "²", "1e3", "99999999999999999999999d"])
def test_anything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        EventOrMoment().convert(text, None, None)
    with pytest.raises(click.BadParameter):
        Moment().convert(text, None, None)
