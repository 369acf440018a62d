"""Where somebody was, kept from one start to the next."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.queries.job_index import GROUPS, SORTS, Order
from tests.tui.conftest import Drive, StillLab, settle
from tui.curve_look import SMOOTHINGS, CurveLook
from tui.job_book import View
from tui.screens.datasets import Datasets
from tui.screens.history import History
from tui.screens.models import Models
from tui.session import Elsewhere, Session, read_session, write_session
from tui.x_axis import XS

DATABASE = Path("/data/ftlab.db")
HERE = Session(
    View("loss<1 gsm8k", Order("loss", backwards=True, group="dataset"), ("job_1", "job_2")),
    job="job_3",
    panel="events",
    curves=CurveLook("grad_norm", log=True, smoothing=2, x="epoch", window=(0.5, 1.25)),
    zoomed=True,
    listed=True,
    elsewhere=Elsewhere("history", "type:failed", "17"),
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_session(tmp_path, DATABASE, HERE)
    assert read_session(tmp_path, DATABASE) == HERE


def test_every_database_has_its_own(tmp_path: Path) -> None:
    for number in range(30):
        write_session(tmp_path, Path(f"/data/{number}.db"), Session(job=f"job_{number}"))
    assert read_session(tmp_path, Path("/data/29.db")).job == "job_29"
    assert read_session(tmp_path, Path("/data/0.db")) == Session()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"format": 1}',
        b'{"format": 1, "databases": [1]}',
        b'{"format": 99, "databases": {}}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_makes_no_sense_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "session.json").write_bytes(content)
    assert read_session(tmp_path, DATABASE) == Session()
    write_session(tmp_path, DATABASE, HERE)
    assert read_session(tmp_path, DATABASE) == HERE


@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("search", "sort", "backwards", "group", "pinned", "job", "panel", "metric"),
                *("log", "smoothing", "x", "window", "zoomed", "listed"),
                *("screen", "screen_search", "screen_selected"),
            ]
        ),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.lists(st.text() | st.none())
        | st.lists(st.floats() | st.integers(), min_size=2, max_size=2),
    )
)
def test_any_entry_is_read_as_far_as_it_makes_sense(entry: dict[str, object]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        whole = {"format": 1, "databases": {str(DATABASE): entry}}
        (home / "session.json").write_text(json.dumps(whole))
        found = read_session(home, DATABASE)
    assert found.view.order.by in SORTS
    assert found.view.order.group in (None, *GROUPS)
    assert found.curves.x in XS
    assert found.curves.weight in SMOOTHINGS
    first, last = found.curves.window or (0.0, 1.0)
    assert 0 <= first < last


def test_an_entry_of_an_older_form_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    entry = {"search": "gsm8k", "job": "job_3", "metric": "grad_norm", "zoomed": True}
    whole = {"format": 1, "databases": {str(DATABASE): entry}}
    (tmp_path / "session.json").write_text(json.dumps(whole))
    assert read_session(tmp_path, DATABASE) == Session(
        View("gsm8k"), "job_3", curves=CurveLook("grad_norm"), zoomed=True
    )


def test_a_folder_that_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    write_session(tmp_path / "missing", DATABASE, HERE)
    assert read_session(tmp_path / "missing", DATABASE) == Session()


async def test_the_next_start_begins_where_the_last_one_ended(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.press("slash", *"name:gsm", "enter", "o", "j", "enter")
        await ui.until(lambda: ui.names == ["gsm8k-1", "gsm8k-2", "gsm8k-3", "gsm8k-5"])
        await ui.press("G", "k", "4", "q")
    async with drive(lab) as ui:
        await ui.until(lambda: ui.selected == "gsm8k-3")
        await ui.until_shown("name:gsm", "4 of 5", "NAME↓")
        assert ui.panel.opened == "events"


async def test_a_job_with_the_whole_screen_has_it_again_and_the_way_back_is_told(
    lab: StillLab, drive: Drive
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press("j", "enter", "q")
    async with drive(lab, (80, 24)) as ui:
        await ui.until_shown("⊘ a-name-that-is-rather-long", "esc back")
        assert ui.jobs.has_class("zoomed")
        assert "enter open" not in ui.screen_text()
        await ui.press("escape")
        await ui.until_shown("enter open", "gsm8k-1")


async def test_the_curves_are_looked_at_as_before(lab: StillLab, drive: Drive) -> None:
    async with drive(lab) as ui:
        await ui.until_shown("━ loss 1.211")
        await ui.press("m", "y", "s", "plus", "left_square_bracket")
        await settle(ui.pilot)
        how = ui.panel.curves.how
        assert how.cursor is not None
        await ui.press("q")
    async with drive(lab) as ui:
        await ui.until_shown("━ grad_norm", "log  smoothed 0.6  steps ")
        assert ui.panel.curves.how == replace(how, cursor=None)


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        (("D", "slash", *"gsm", "enter", "j"), Datasets),
        (("H", "slash", *"planned", "enter", "j", "j"), History),
        (("M", "slash", *"gsm8k-1", "enter", "j"), Models),
    ],
)
async def test_the_screen_that_was_open_is_opened_with_what_was_looked_for_and_at(
    lab: StillLab, drive: Drive, keys: tuple[str, ...], screen: type[object]
) -> None:
    async with drive(lab, (80, 24)) as ui:
        await ui.press(*keys)
        await settle(ui.pilot)
        before = ui.app.elsewhere
        assert before is not None
        assert before.search
        assert before.selected is not None
        await ui.press("q")
    async with drive(lab, (80, 24)) as ui:
        await ui.until(lambda: isinstance(ui.app.screen, screen))
        await ui.until(lambda: ui.app.elsewhere == before)
        await ui.until_shown(before.search)
        await ui.press("J")
        assert ui.app.elsewhere is None


async def test_what_is_not_there_any_more_is_not_looked_for(lab: StillLab, drive: Drive) -> None:
    gone = Session(elsewhere=Elsewhere("datasets", "colour:red", "ds_gone"))
    write_session(lab.places.home, lab.database.path, gone)
    async with drive(lab, (80, 24)) as ui:
        await ui.until_shown("gsm8k/train@1", "gsm8k/validation@1")
        await ui.until(lambda: ui.app.elsewhere == Elsewhere("datasets", "", "ds_2"))
