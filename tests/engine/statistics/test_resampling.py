from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import engine
from engine.statistics import resampling
from engine.statistics.figures import mean_of
from engine.statistics.resampling import all_swaps, replicates, swaps


def test_samples_are_the_same_however_many_are_drawn_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = np.arange(12.0).reshape(6, 2)
    whole = replicates(rows, mean_of, 100, 3)
    monkeypatch.setattr(resampling, "_AT_ONCE", 7 * 6)
    assert replicates(rows, mean_of, 100, 3).tolist() == whole.tolist()


def test_the_parts_of_a_row_are_drawn_together() -> None:
    rows = np.array([[row, 2.0 * row] for row in range(20)])
    doubled = replicates(rows, lambda totals, _: totals[:, 1] - 2 * totals[:, 0], 50, 0)
    assert doubled.tolist() == [0.0] * 50


def test_samples_are_as_scattered_as_the_mean_is() -> None:
    rows = np.random.default_rng(1).normal(size=(400, 1))
    found = replicates(rows, mean_of, 4_000, 0)
    assert found.std() == pytest.approx(rows.std() / 20, rel=0.05)


def test_every_exchange_is_made_once() -> None:
    lines = np.concatenate(list(all_swaps(5)))
    assert len(lines) == 32
    assert len({tuple(line) for line in lines.tolist()}) == 32


def test_an_exchange_moves_about_half_of_the_rows() -> None:
    lines = np.concatenate(list(swaps(13, 5_000, 2)))
    assert lines.shape == (5_000, 13)
    assert set(np.unique(lines)) == {0.0, 1.0}
    assert np.abs(lines.mean(axis=0) - 0.5).max() < 0.04


def test_many_samples_of_many_rows_take_little_memory() -> None:
    rows = np.random.default_rng(1).normal(size=(1_000, 1))
    tracemalloc.start()
    try:
        replicates(rows, mean_of, 20_000, 0)
        for _ in swaps(1_000, 20_000, 0):
            pass
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # All at once it would be 160 MB of either.
    assert most < 30_000_000


def test_importing_statistics_does_not_load_numpy() -> None:
    code = "import engine.statistics.paired, sys; print('numpy' in sys.modules)"
    root = Path(engine.__file__).parents[1]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
