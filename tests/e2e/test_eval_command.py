"""Models evaluated by the real commands, against a stand-in of the service."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_recording_commands import model_of, rescued, wait_for
from tests.standin import faults
from tests.standin.fixtures import standin

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab
    from tests.standin.calls import Json
    from tests.standin.standin import Standin

__all__ = ["rescued", "standin"]

CHAT = "/chat/completions"


@pytest.fixture
def sums(rescued: Ftlab, standin: Standin, tmp_path: Path) -> Ftlab:
    """The command, a suite of six sums, and a service that has one of them wrong."""
    file = tmp_path / "sums.jsonl"
    rows = ({"question": f"{n} + 1 = ?", "answer": f"It is {n + 1}"} for n in range(6))
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def answer(asked: Json) -> str:
        first = int(str(asked["messages"][-1]["content"]).split()[0])
        return f"It is {first + 1 + (first == 3)}"

    standin.behaviour.answerer = answer
    added = rescued("suite", "add", file, "--name", "sums", "--scorer", "number_match")
    assert added.status == 0, added.err
    assert "number_match" in rescued("suite", "show", "sums").out
    return rescued


def test_a_model_is_priced_evaluated_listed_and_shown(sums: Ftlab, standin: Standin) -> None:
    model = model_of(sums)
    planned = sums("eval", "sums", model, "--dry-run")
    assert planned.status == 0
    assert "In all about $0.00" in planned.out
    assert standin.count("POST", CHAT) == 0

    refused = sums("eval", "sums", model)
    assert refused.status == 2
    assert "--yes" in refused.err

    done = sums("eval", "sums", model, "--yes")
    assert done.status == 0, done.err
    assert "0.8333" in done.out
    [row] = sums.rows("evals")
    assert (row["status"], row["answers"], row["name"]) == ("completed", 6, model)
    assert sums("evals").out.count("sums@1") == 1

    shown = sums("evals", "show", row["id"], "--worst", "number_match", "--limit", "1")
    assert "3 + 1 = ?" in shown.out
    assert "It is 5" in shown.out
    assert "hoped for: It is 4" in shown.out
    told = sums.document("evals", "show", row["id"])
    assert sum(each["scores"]["number_match"] for each in told["shown"]) == 4

    again = sums.document("eval", "sums", model, "--yes")
    assert again["evaluations"][0]["asked"] == 0
    assert standin.count("POST", CHAT) == 6
    assert sums("verify").status == 0


def test_what_stopped_it_is_told_and_it_goes_on(sums: Ftlab, standin: Standin) -> None:
    model = model_of(sums)
    standin.inject(faults.out_of_quota(), "POST", CHAT, times=1, after=2)
    broken = sums("eval", "sums", model, "--yes")
    assert broken.status == 5
    assert "no money" in broken.err
    [row] = sums.rows("evals")
    assert row["status"] == "stopped"
    assert sums("eval", "sums", model, "--yes").status == 0
    assert [row["status"] for row in sums.rows("evals")] == ["completed"]
    assert standin.count("POST", CHAT, status=200) == 6


def test_too_dear_is_refused_before_anything_is_asked(sums: Ftlab, standin: Standin) -> None:
    refused = sums("eval", "sums", model_of(sums), "--max-cost", "0.0000001")
    assert refused.status == 6
    assert "--max-cost" in refused.err
    assert "--from-data" not in refused.err
    assert "limit of $0.00000010" in refused.err
    assert standin.count("POST", CHAT) == 0
    assert sums.rows("evals") == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_broken_off_it_says_how_to_go_on(
    sums: Ftlab, standin: Standin, number: signal.Signals, status: int
) -> None:
    model = model_of(sums)
    standin.inject(faults.slow(1), "POST", CHAT, times=None, after=2)
    with sums.running("eval", "sums", model, "--yes") as process:
        wait_for(lambda: standin.count("POST", CHAT) > 2)
        process.send_signal(number)
        _, said = process.communicate()
    assert process.returncode == status
    assert said.startswith("Broken off: answers and scores that came are kept.")
    assert f"  ftlab eval sums {model} --yes\n" in said


def test_a_model_that_is_named_twice_is_evaluated_once(sums: Ftlab) -> None:
    [row] = sums.rows("models")
    planned = sums("eval", "sums", row["id"], row["name"], "--dry-run", "--json")
    assert "is named twice" in planned.err
    assert len(json.loads(planned.out)) == 1


def test_a_judge_at_a_service_is_not_asked_without_consent(sums: Ftlab, tiny_base: Path) -> None:
    judged = ("--judge", "gpt-4o-mini-2024-07-18", "--judge-provider", "acme")
    refused = sums("eval", "sums", str(tiny_base), *judged)
    assert refused.status == 2
    assert "--yes" in refused.err


_REFUSED = (
    (("moon", "MODEL"), 4, "ftlab suite list"),
    (("sums", "moon"), 4, "moon"),
    (("sums", "MODEL", "--scorer", "exact"), 2, "exact_match"),
    (("sums", "MODEL", "--scorer", "agreement"), 2, "--against"),
    (("sums", "MODEL", "--rubric", "short"), 2, "--judge"),
    (("sums", "MODEL", "--judge", "gpt", "--rubric", "@nothing.txt"), 2, "nothing.txt"),
    (("sums", "MODEL", "--judge", "gpt", "--rubric", " "), 2, "the rubric is empty"),
    (("sums", "MODEL", "--temperature", "3"), 2, "temperature"),
)


def test_what_cannot_be_is_refused_in_words(sums: Ftlab) -> None:
    model = model_of(sums)
    for arguments, status, said in _REFUSED:
        typed = (model if each == "MODEL" else each for each in arguments)
        refused = sums("eval", *typed, "--yes")
        assert (refused.status, arguments) == (status, arguments)
        assert said in refused.err


def test_a_suite_that_hopes_for_nothing_wants_a_scorer(rescued: Ftlab, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text("Hello?\nWho are you?\n")
    assert rescued("suite", "add", file, "--name", "open").status == 0
    model = model_of(rescued)
    refused = rescued("eval", "open", model, "--yes")
    assert refused.status == 2
    assert "ftlab suite scorers" in refused.err
    done = rescued("eval", "open", model, "--scorer", "length:words", "--yes")
    assert done.status == 0, done.err


@pytest.mark.slow
def test_agreement_stands_beside_that_of_the_model_with_itself(sums: Ftlab) -> None:
    model = model_of(sums)
    command = ("eval", "sums", model, "--against", model, "--scorer", "agreement", "--yes")
    first = sums(*command)
    assert first.status == 0, first.err
    assert "is not known" in first.out
    recorded = sums("models", "record", model, "--suite", "sums", "--samples", "1", "--yes")
    assert recorded.status == 0, recorded.err
    assert "agrees with itself in 100.0% of its 1 samples" in sums(*command).out


def test_all_scorers_are_told(ftlab: Ftlab) -> None:
    told = ftlab("suite", "scorers")
    assert told.status == 0
    assert "number_match" in told.out
    assert {row["id"] for row in ftlab.rows("suite", "scorers")} >= {"judge", "rouge_l", "cost"}


def test_a_scorer_of_another_package_may_be_spoiled_or_missing(sums: Ftlab, tmp_path: Path) -> None:
    described = tmp_path / "others-1.0.dist-info"
    described.mkdir()
    (tmp_path / "others.py").write_text("def words(answer):\n    return len(answer.text.split())\n")
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    entries = "[ftlab.scorers]\nwords = others:words\nspoiled = nowhere:nothing\n"
    (described / "entry_points.txt").write_text(entries)
    beside = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{sums.environment['PYTHONPATH']}"}

    listed = sums("suite", "scorers", **beside)
    assert listed.status == 0
    assert "words" in listed.out
    assert "'spoiled'" in listed.err

    model = model_of(sums)
    done = sums("eval", "sums", model, "--scorer", "words", "--yes", **beside)
    assert done.status == 0, done.err
    shown = sums("evals", "show", model)
    assert shown.status == 0, shown.err
    assert "number_match 1" in shown.out


def test_what_a_judge_cost_stands_beside_what_the_answers_cost(
    sums: Ftlab, standin: Standin
) -> None:
    standin.answer("As good. [[C]]")
    model = model_of(sums)
    judged = ("--judge", "gpt-4o-mini-2024-07-18", "--judge-provider", "acme")
    done = sums("eval", "sums", model, *judged, "--yes")
    assert done.status == 0, done.err
    assert "judge cost" in done.out
    assert "judge cost" not in sums("eval", "sums", model, "--yes").out
