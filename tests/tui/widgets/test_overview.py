from __future__ import annotations

import json
from dataclasses import replace

from store.queries.datasets import dataset
from store.queries.jobs import job_detail
from store.queries.models import model
from tests.tui.conftest import NOW, StillLab
from tui.ink import text_of
from tui.job_time import newest_run
from tui.widgets.overview import Known, overview


def _shown(lab: StillLab, job: str, width: int = 60) -> str:
    reader = lab.database.reader
    detail = job_detail(reader, job)
    known = Known(
        detail,
        newest_run(reader, detail),
        dataset(reader, "ds_2"),
        model(reader, "gsm8k-1") if job == "gsm8k-1" else None,
    )
    return "\n".join(" ".join(text_of(line).split()) for line in overview(known, NOW, width))


def test_a_running_jobs_overview_tells_where_it_stands(lab: StillLab) -> None:
    shown = _shown(lab, "gsm8k-5")
    for line in (
        "status running",
        "steps 30 of 60",
        "time 2m 00s",
        "time left about 1m 00s",
        "checkpoint step 30",
        "dataset gsm8k/train@1",
        "examples 190",
        "validation gsm8k/validation@1",
        "learning rate 0.0005",
        "seed 42",
    ):
        assert line in shown.split("\n")


def test_a_failed_jobs_overview_begins_with_the_whole_reason(lab: StillLab) -> None:
    shown = _shown(lab, "gsm8k-2", width=40).split("\n")
    assert " ".join(shown[:3]) == (
        "✗ failed: out of memory while allocating 1.2 GB: make batch_size or max_length smaller"
    )
    assert 'File "train.py", line 88, in step' in shown[3:6]


def test_a_finished_jobs_overview_tells_what_came_of_it(lab: StillLab) -> None:
    shown = _shown(lab, "gsm8k-1").split("\n")
    assert "held-out loss 1.330 → 0.7750" in shown
    assert "perplexity 3.780 → 2.170" in shown


def test_a_waiting_jobs_overview_tells_its_place(lab: StillLab) -> None:
    reader = lab.database.reader
    known = Known(job_detail(reader, "gsm8k-5"), place=(2, 3))
    shown = [" ".join(text_of(line).split()) for line in overview(known, NOW, 60)]
    assert "queue place 2 of 3" in shown


def test_labels_are_whole_and_settings_are_words(lab: StillLab) -> None:
    settings = {"gradient_accumulation": 1, "packing": False, "max_steps": None}
    detail = replace(
        job_detail(lab.database.reader, "gsm8k-5"), hyperparameters_json=json.dumps(settings)
    )
    for width in (60, 90, 120):
        shown = "\n".join(text_of(line) for line in overview(Known(detail), NOW, width))
        words = [" ".join(line.split()) for line in shown.split("\n")]
        for told in ("gradient accumulation 1", "packing no", "max steps -"):
            assert any(line.endswith(told) for line in words), (width, told)


def test_there_are_two_columns_where_there_is_room(lab: StillLab) -> None:
    assert "JOB TRAINING" in _shown(lab, "gsm8k-5", width=78).split("\n")
    assert "JOB" in _shown(lab, "gsm8k-5", width=60).split("\n")
