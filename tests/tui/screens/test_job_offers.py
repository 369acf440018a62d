"""Which keys the jobs screen offers as it stands."""

from __future__ import annotations

import pytest

from tui.screens.job_offers import Standing


@pytest.mark.parametrize(
    ("stands", "escape"),
    [
        (Standing(), None),
        (Standing(zoomed=True, marked=True, is_past=True), "back"),
        (Standing(marked=True, searched=True, listed=True), "unmark"),
        (Standing(searched=True, listed=True), "all jobs"),
        (Standing(listed=True, is_past=True), "back"),
        (Standing(is_past=True), "back to now"),
    ],
)
def test_escape_is_called_what_it_does(stands: Standing, escape: str | None) -> None:
    assert stands.labels.get("job.back") == escape
    assert ("job.back" in stands.left_out) == (escape is None)


def test_a_job_with_the_whole_screen_cannot_be_opened_further() -> None:
    assert "job.open" in Standing(zoomed=True).left_out
    assert "job.open" not in Standing(listed=True).left_out


def test_without_jobs_only_what_needs_none_is_left() -> None:
    assert {"job.open", "list.search", "list.sort"} <= Standing(has_jobs=False).left_out
    found_none = Standing(has_rows=False, searched=True)
    assert {"job.open", "list.sort"} <= found_none.left_out
    assert not {"list.search", "job.back"} & found_none.left_out


def test_what_would_be_refused_is_left_out() -> None:
    assert "job.cancel" in Standing(frozenset({"job.cancel"})).left_out
