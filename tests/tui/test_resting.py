"""What is not needed any more is freed while nobody presses a key."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from tests.tui.conftest import Drive, StillLab
from tui import resting


class Ring:
    """Something that keeps itself alive until it is looked for."""

    def __init__(self) -> None:
        self.ring = self


@pytest.fixture
def by_itself() -> Iterator[None]:
    """Nothing is collected unless somebody asks for it."""
    gc.disable()
    yield
    resting.tidy_up()
    gc.enable()


def dropped() -> weakref.ref[Ring]:
    return weakref.ref(Ring())


@pytest.mark.usefixtures("by_itself")
async def test_when_hands_rest_it_tidies_up(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "_REST_SECONDS", 0.01)
    monkeypatch.setattr(resting, "_ENOUGH", 0)
    async with drive(lab) as ui:
        ui.app.rests = True
        unused = dropped()
        await ui.press("j")
        await ui.until(lambda: unused() is None)


@pytest.mark.usefixtures("by_itself")
async def test_a_longer_rest_frees_what_died_since_it_was_left_out(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "_REST_SECONDS", 0.01)
    monkeypatch.setattr(resting, "_LONG_REST_SECONDS", 0.02)
    async with drive(lab) as ui:
        ui.app.rests = True
        ring = Ring()
        unused = weakref.ref(ring)
        gc.callbacks.append(ui.app._collected)
        gc.collect()
        del ring
        await ui.press("j")
        await ui.until(lambda: unused() is None)
        assert not ui.app._left_out


@pytest.mark.usefixtures("by_itself")
async def test_where_no_rest_is_long_a_short_one_frees_what_may_be_much(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "_REST_SECONDS", 0.01)
    monkeypatch.setattr(resting, "_LONG_REST_SECONDS", 60.0)
    async with drive(lab) as ui:
        ui.app.rests = True
        ring = Ring()
        unused = weakref.ref(ring)
        gc.freeze()
        del ring
        ui.app._left_out = resting._MANY
        await ui.press("j")
        await ui.until(lambda: unused() is None)
        assert not ui.app._left_out


@pytest.mark.usefixtures("by_itself")
def test_what_was_alive_then_is_freed_later() -> None:
    ring = Ring()
    known = weakref.ref(ring)
    resting.tidy_up()
    del ring
    assert known() is not None
    resting.tidy_up()
    assert known() is None


@pytest.mark.usefixtures("by_itself")
async def test_a_process_that_is_not_its_own_is_left_alone(
    lab: StillLab, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resting, "_REST_SECONDS", 0.0)
    async with drive(lab) as ui:
        unused = dropped()
        await ui.press("j", "k")
        assert unused() is not None
        assert not gc.isenabled()


@pytest.mark.usefixtures("by_itself")
def test_without_a_rest_only_what_is_new_is_looked_at() -> None:
    app = resting.Resting()
    gc.callbacks.append(app._collected)
    try:
        ring = Ring()
        known = weakref.ref(ring)
        gc.collect()
        assert gc.get_freeze_count() > 0
        del ring
        gc.collect()
        assert known() is not None
        app._left_out = resting._WITHOUT_REST
        gc.collect()
        gc.collect()
        assert known() is None
    finally:
        gc.callbacks.remove(app._collected)
