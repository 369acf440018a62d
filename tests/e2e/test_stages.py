"""From a table to a model that answers, in two stages and without any download."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.e2e.conftest import Ftlab

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
    facts = ("--prompt", "{name}", "--completion", "{name}: since {year} in {place}.")
    ftlab.document("data", "add", table, "--name", "companies", *facts)
    ftlab.document("data", "add", table, "--name", "questions", "--template", templates)
    first = _trained(ftlab, "companies", "--model", "tiny-t5", "--epochs", "4", suffix="facts")
    second = _trained(ftlab, "questions", "--from", "facts", "--epochs", "2", suffix="answers")

    shown = ftlab.document("models", "show", "answers")
    assert (shown["kind"], shown["base_model"]) == ("full", first)
    assert shown["loss_after"] < shown["loss_before"]
    assert [stage["name"] for stage in shown["lineage"]["stages"]] == ["facts"]
    assert ftlab.document("models", "show", "facts")["base_model"] == "tiny-t5"
    assert "goes on from  " in ftlab("jobs", "show", "answers").out
    assert ftlab.document("jobs", "show", "answers")["stages"][0]["id"] == first
    said = [event["text"] for event in _messages(ftlab)]
    assert said[0].startswith("made tiny-t5 from seed 0: ")
    answer = ftlab("chat", "answers", "--prompt", "Where is Company 3?", "--json")
    assert answer.status == 0, answer.err
    assert json.loads(answer.out)["prompt_tokens"] < 20
    assert second != first


def _table(file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["name", "year", "place"])
        writer.writerows(
            [f"Company {number}", 1900 + number, _PLACES[number % 3]] for number in range(60)
        )
    return file


def _trained(ftlab: Ftlab, dataset: str, *plan: str, suffix: str) -> str:
    """Train a model to its end and return its id."""
    common = ("--batch-size", "8", "--validation", dataset, "--suffix", suffix)
    ftlab.document("train", dataset, *plan, *common)
    followed = ftlab("jobs", "follow", suffix)
    assert followed.status == 0, followed.err
    return str(ftlab.document("models", "show", suffix)["id"])


def _messages(ftlab: Ftlab) -> list[dict[str, str]]:
    events = ftlab.lines("history")
    return [event["data"] for event in events if event["type"] == "JobMessageReceived"]


def test_what_to_train_is_named_once(ftlab: Ftlab) -> None:
    for chosen in ((), ("--model", "tiny-t5", "--from", "facts")):
        refused = ftlab("train", "companies", *chosen)
        assert refused.status == 2
        assert "either --model or --from" in refused.err
