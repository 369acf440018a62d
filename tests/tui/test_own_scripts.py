"""What is shown of the runs of scripts that log by themselves, and what they may be asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from store.job_status import ACTIVE, STATUSES
from store.queries.jobs import JobSummary, job_detail, job_list
from tests.tui.conftest import StillLab
from tui.environment_lines import environment_fields
from tui.permissions import what_cancel_does, why_no_chat, why_not_cancel, why_not_resume

_REPORT = {
    "device": "cpu",
    "environment": {
        "python": "3.12.1",
        "platform": "Linux-6.1-x86_64",
        "host": "here",
        "command": ["python", "train.py", "--lr", "a b"],
        "folder": "/home/ada",
        "torch": "2.9.0",
        "numpy": "2.3.0",
        "git_commit": "0123456789abcdef",
        "git_dirty": True,
        "seeds": {"seed": 1},
        "trainer": {"optim": "adamw"},
    },
}


def _run(lab: StillLab, status: str) -> JobSummary:
    return replace(job_list(lab.database.reader)[0], status=status, name="mine", provider="script")


@pytest.mark.parametrize("status", STATUSES)
def test_a_script_is_asked_to_stop_but_never_resumed(lab: StillLab, status: str) -> None:
    assert (why_not_cancel(_run(lab, status)) is None) == (status in ACTIVE)
    assert why_not_resume(_run(lab, status)) is not None


def test_a_refusal_says_what_to_do_with_a_script(lab: StillLab) -> None:
    again = "mine is the run of a script of your own: run that again, as a new run"
    assert why_not_resume(_run(lab, "failed")) == again
    assert what_cancel_does(_run(lab, "running")).startswith("Its script is asked to stop")
    detail = replace(job_detail(lab.database.reader, "gsm8k-5"), provider="script", name="mine")
    assert why_no_chat(detail) == (
        "mine is the run of a script of your own: its model is where that saved it"
    )


def test_the_environment_is_told_in_a_few_fields(lab: StillLab) -> None:
    detail = job_detail(lab.database.reader, "gsm8k-5")
    assert environment_fields(replace(detail, report_json=json.dumps(_REPORT))) == [
        ("command", "python train.py --lr 'a b'"),
        ("folder", "/home/ada"),
        ("commit", "0123456789ab, with changes"),
        ("python", "3.12.1"),
        ("machine", "here, Linux-6.1-x86_64"),
        ("device", "cpu"),
        ("packages", "numpy 2.3.0, torch 2.9.0"),
    ]


@pytest.mark.parametrize("report", [None, "[]", "{}", '{"environment": 1}'])
def test_what_was_not_told_is_not_shown(lab: StillLab, report: str | None) -> None:
    detail = replace(job_detail(lab.database.reader, "gsm8k-5"), report_json=report)
    assert environment_fields(detail) == []
