"""Evaluations in archives."""

from __future__ import annotations

import json
from pathlib import Path

from engine.archive.selection import Wish
from store.events import JobPlanned, SweepPlanned, SweepTrial
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


def test_a_sweep_can_be_read_by_anybody_and_comes_with_each_of_its_trials(tmp_path: Path) -> None:
    with lab_at(tmp_path / "home") as lab:
        trials = [
            SweepTrial(job=f"job_{n}", settings={"learning_rate": n / 1000}, examples=10)
            for n in (1, 2)
        ]
        planned = SweepPlanned(
            id="swp_1",
            name="rates",
            mode="grid",
            provider="local",
            base_model="tiny",
            method="lora",
            dataset="ds_1",
            axes={"learning_rate": [0.001, 0.002]},
            fixed={},
            recipe="7" * 64,
            trials=trials,
        )
        lab.log.append("sweep/swp_1", planned)
        for trial in trials:
            job = JobPlanned(
                name=trial.job,
                provider="local",
                base_model="tiny",
                method="lora",
                hyperparameters={},
                dataset="ds_1",
            )
            lab.log.append(f"job/{trial.job}", job)
        files = files_in(archive_of(lab, tmp_path / "all.tar"))
        one = files_in(archive_of(lab, tmp_path / "one.tar", Wish(jobs=("job_2",))))
    [name] = [name for name in files if name.startswith("sweeps/")]
    told = json.loads(files[name])
    assert [trial["settings"] for trial in told["trials"]] == [
        {"learning_rate": 0.001},
        {"learning_rate": 0.002},
    ]
    assert "1 sweep" in files["README.txt"].decode()
    assert name in one
