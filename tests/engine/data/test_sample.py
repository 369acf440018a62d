from __future__ import annotations

from engine.data.reading.files import read_rows
from engine.data.sample import sample_path


def test_the_sample_has_200_short_examples_and_its_licence() -> None:
    rows = [row for _, row in read_rows(sample_path())]
    assert len(rows) == 200
    for row in rows:
        assert isinstance(row, dict)
        assert set(row) == {"question", "answer"}
        assert sum(map(len, row.values())) <= 420
    assert "MIT License" in (sample_path().parent / "LICENSE").read_text(encoding="utf-8")
