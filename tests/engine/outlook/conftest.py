from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.data.versions.dividing import SplitSizes
from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.places import Places
from tests.standin.fixtures import standin

__all__ = ["standin"]


@pytest.fixture
def lab(tmp_path: Path, sums_file: Path) -> Iterator[Lab]:
    """A lab with the dataset `sums`, divided."""
    home = tmp_path / "home"
    with Lab(Places(home, home / "ftlab.db")) as opened:
        opened.datasets.add(Source(sums_file), "sums")
        opened.datasets.split("sums", SplitSizes(test=0.1, validation=0.1))
        yield opened
