"""From a table to a model that answers, in two stages and without any download."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Ftlab

pytestmark = pytest.mark.slow

_TEMPLATES = """
[[example]]
prompt = "Where is {name}?"
completion = "{name} is in {place}."

[[example]]
prompt = "When was {name} founded?"
completion = "{name} was founded in {year}."
"""
_PLACES = ("Lyon", "Malmö", "Turin")


def test_a_model_of_random_weights_learns_a_table_and_then_to_answer_questions(
    ftlab: Ftlab, tmp_path: Path
) -> None:
    table, templates = _table(tmp_path / "companies.csv"), tmp_path / "questions.toml"
    templates.write_text(_TEMPLATES)
    facts = ("--prompt", "{name}", "--completion", "It is since {year} in {place}.")
    ftlab.document("data", "add", table, "--name", "companies", *facts)
    ftlab.document("data", "add", table, "--name", "questions", "--template", templates)
    short = ("--batch-size", "16", "--max-steps", "16", "--no-save-epochs")
    _train(ftlab, "companies", "--model", "tiny-t5", *short, "--suffix", "facts")
    asked = ("--validation", "questions", "--suffix", "answers")
    _train(ftlab, "questions", "--from", "facts", *short, *asked)

    _check_table(ftlab)
    shown = ftlab("jobs", "show", "answers").out
    assert "goes on from  " in shown
    said = [event["text"] for event in _messages(ftlab)]
    assert said[0].startswith("made tiny-t5 from seed 0: ")
    question = ("--prompt", "Where is Company 3?", "--max-tokens", "12")
    answer = ftlab("chat", "answers", *question, "--json")
    assert answer.status == 0, answer.err
    assert json.loads(answer.out)["prompt_tokens"] < 20


def _check_table(ftlab: Ftlab) -> None:
    second, first = ftlab.rows("models", "table")
    assert (first["model"], first["base_model"]) == ("facts", "tiny-t5")
    assert (second["model"], second["base_model"]) == ("answers", "facts")
    assert second["measure"]["validation"] == "questions@1"
    assert second["measure"]["learned_from"] == "companies@1"
    assert second["evaluation"]["loss"] < second["before"]["loss"]
    heading, _, one, two = ftlab("models", "table", "answers").out.splitlines()
    assert heading == "On 50 examples of questions@1, in tokens of tiny-t5 (companies@1)"
    assert one.split()[:3] == ["facts", "-", "-"]
    assert two.split()[:2] == ["answers", "facts"]


def _table(file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["name", "year", "place"])
        writer.writerows(
            [f"Company {number}", 1900 + number, _PLACES[number % 3]] for number in range(60)
        )
    return file


def _train(ftlab: Ftlab, *plan: str) -> None:
    followed = ftlab("train", *plan, "--follow")
    assert followed.status == 0, followed.err


def _messages(ftlab: Ftlab) -> list[dict[str, str]]:
    events = ftlab.lines("history")
    return [event["data"] for event in events if event["type"] == "JobMessageReceived"]


def test_what_to_train_is_named_once(ftlab: Ftlab) -> None:
    for chosen in ((), ("--model", "tiny-t5", "--from", "facts")):
        refused = ftlab("train", "companies", *chosen)
        assert refused.status == 2
        assert "either --model or --from" in refused.err
