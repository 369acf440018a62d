"""What models have in common in what they come of."""

from __future__ import annotations

import pytest

from engine.comparing.models import shared


@pytest.mark.parametrize(
    ("lineages", "together"),
    [
        ([], ()),
        ([("base",), ("base",)], ("base",)),
        ([("base", "facts"), ("base", "facts", "more")], ("base", "facts")),
        ([("base", "facts"), ("base", "other")], ("base",)),
        ([("base", "facts"), ("other", "facts")], ()),
        ([("base",), ()], ()),
    ],
)
def test_lineages_share_what_they_all_begin_with(
    lineages: list[tuple[str, ...]], together: tuple[str, ...]
) -> None:
    assert shared(lineages) == together
