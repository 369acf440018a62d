"""Evaluations in archives."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engine.archive.conftest import archive_of, files_in, lab_at
from tests.engine.comparing.evaluations import Evaluations, right, wrong


def test_an_evaluation_has_the_scores_of_its_own_answers_only(tmp_path: Path) -> None:
    with lab_at(tmp_path / "home") as lab:
        told = Evaluations(lab.log, lab.blobs)
        few = told.evaluate(told.suite("few", 2), "mdl_1", [right(), wrong()])
        told.evaluate(told.suite("many", 5), "mdl_1", [right()] * 5, max_tokens=8)
        files = files_in(archive_of(lab, tmp_path / "all.tar"))
    [mine] = [name for name in files if few in name and name.endswith(".jsonl")]
    assert sorted(json.loads(line)["value"] for line in files[mine].splitlines()) == [0.0, 1.0]
