from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tui.ink import text_of
from tui.widgets.title_line import homely, title

COUNTS = {"running": 2, "succeeded": 1234, "failed": 0, "interrupted": 1}


def test_wide_titles_name_the_statuses() -> None:
    assert text_of(title("~/ftlab.db", COUNTS, 100)).split() == [
        "ftlab", "~/ftlab.db", "●", "2", "running", "!", "1", "interrupted", "✓", "1,234",
        "succeeded",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [30, 50, 80, 100, 120])
def test_a_long_path_is_cut_from_the_left_and_the_counts_stay(width: int) -> None:
    shown = text_of(title("/a/very/long/path" * 9 + "/ftlab.db", COUNTS, width))
    assert cell_len(shown) <= width
    assert "1,234" in shown
    assert "b.db" in shown or width == 30


def test_the_home_folder_is_written_as_people_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert homely(tmp_path / "lab" / "ftlab.db") == "~/lab/ftlab.db"
    assert homely(Path("/elsewhere/ftlab.db")) == "/elsewhere/ftlab.db"
