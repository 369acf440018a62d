from __future__ import annotations

import pytest

from tests.tui.conftest import Drive, StillLab
from tui import interrupting


async def test_one_interruption_says_how_to_leave(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("ctrl+c")
        assert ui.told == ["q leaves ftlab, and so does ctrl+c once more; jobs go on"]
        assert ui.app.return_code is None


@pytest.mark.parametrize("keys", [(), ("N",), ("slash",), ("question_mark",)])
async def test_a_second_one_leaves_without_asking(
    lab: StillLab, drive: Drive, keys: tuple[str, ...]
) -> None:
    async with drive(lab) as ui:
        await ui.press(*keys, "ctrl+c", "ctrl+c")
        await ui.until(lambda: not ui.app.is_running or ui.app._exit)


async def test_one_long_after_the_other_only_says_so_again(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([10.0, 13.0])
    monkeypatch.setattr(interrupting, "monotonic", lambda: next(moments))
    async with drive(lab) as ui:
        await ui.press("ctrl+c", "ctrl+c")
        assert len(ui.told) == 2
        assert not ui.app._exit
