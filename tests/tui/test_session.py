"""Where somebody was, kept from one start to the next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.queries.job_index import GROUPS, SORTS, Order
from tests.tui.conftest import Drive, StillLab
from tui.job_book import View
from tui.session import Session, read_session, write_session

DATABASE = Path("/data/ftlab.db")
HERE = Session(
    View("loss<1 gsm8k", Order("loss", backwards=True, group="dataset"), ("job_1", "job_2")),
    job="job_3",
    panel="events",
    metric="grad_norm",
    zoomed=True,
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
            ["search", "sort", "backwards", "group", "pinned", "job", "panel", "metric", "zoomed"]
        ),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.none()),
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
