"""One running app as pictures of every size that is promised, its terminal resized in between.

Beside `pictures`, which starts an app for each size: this takes a third of the time, and shows that
what was laid out for another size is laid out well for this one.
"""

from __future__ import annotations

from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion

from tests.tui.conftest import Driven
from tests.tui.screens.pictures import rest

EACH = ((80, 24), (120, 36), (200, 60))
"""Columns and rows, as `pictures.SIZES` has them."""

NARROW = (50, 20)


async def same_in_each_size(
    snapshot: SnapshotAssertion, ui: Driven, *shown: str, sizes: tuple[tuple[int, int], ...] = EACH
) -> None:
    """Hold a screen beside its pictures, one for each size of the terminal.

    Args:
        snapshot: the pictures of the test.
        ui: the app, at what is to be seen.
        shown: what must be there, in each size, before it is looked at.
        sizes: columns and rows.

    Raises:
        AssertionError: naming the sizes in which it looks otherwise.
    """
    drawn = snapshot.use_extension(SVGImageExtension)
    different = []
    for columns, rows in sizes:
        await ui.pilot.resize_terminal(columns, rows)
        await rest(ui, *shown)
        name = f"{columns}x{rows}"
        if drawn(name=name) != ui.app.export_screenshot(simplify=True):
            different.append(name)
    told = "; on purpose? then `pytest --snapshot-update`, and look at the pictures"
    assert not different, f"it looks otherwise at {', '.join(different)}{told}"
