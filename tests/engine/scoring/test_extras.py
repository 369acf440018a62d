from __future__ import annotations

import sys

import pytest

from engine.data.errors import MissingPackageError
from engine.scoring.answer import Answer
from engine.scoring.extras import needed_for
from engine.scoring.overlap import EditSimilarity
from engine.scoring.scoring import scored


def test_a_package_that_is_missing_is_named_with_the_way_to_install_it() -> None:
    with (
        pytest.raises(
            MissingPackageError,
            match=r"The scorer chrf needs nosuch, .* pip install 'ftlab\[eval\]'",
        ),
        needed_for("chrf"),
    ):
        import nosuch.metrics  # type: ignore[import-not-found]  # noqa: F401


def test_a_missing_package_is_no_fault_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    with pytest.raises(MissingPackageError, match="edit_similarity needs rapidfuzz"):
        scored(EditSimilarity(), Answer("a", "b"))
