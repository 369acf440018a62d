"""Prompts of suites that stand in what models were trained on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.data.versions.importing import Source
from engine.lab import Lab
from engine.suites.defining import define
from engine.suites.leaks import Leaks, leaks, leaks_of_each
from store.errors import NotFoundError
from store.events import JobImported, JobPlanned, ModelRegistered, RemoteFileSaved
from store.queries.models import ModelRow, model
from store.queries.suites import SuiteRow, suite

CLIPS = (
    "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in "
    "May. How many clips did Natalia sell altogether in April and May?"
)
OTHER_CLIPS = CLIPS.replace("48", "96")
RYE = "What does a loaf of rye cost?"

Learn = Callable[..., ModelRow]


def turn(question: str, answer: str = "An answer.") -> list[dict[str, Any]]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


@pytest.fixture
def add(lab: Lab, tmp_path: Path) -> Callable[..., str]:
    """Adds conversations as a dataset version."""

    def add_version(name: str, *conversations: Sequence[dict[str, Any]]) -> str:
        file = tmp_path / f"{name}.jsonl"
        file.write_text("".join(json.dumps({"messages": each}) + "\n" for each in conversations))
        return lab.datasets.add(Source(file), name).version.id

    return add_version


@pytest.fixture
def learn(lab: Lab) -> Learn:
    """Registers a model that learned from a dataset version, in a job that may go on from one."""

    def train(
        name: str,
        dataset: str | None,
        base: str = "smol",
        file: str | None = None,
        **planned: object,
    ) -> ModelRow:
        provider = "local" if file is None else "openai"
        about: dict[str, Any] = {"name": name, "base_model": base, "method": "lora"}
        about |= {"provider": provider, "hyperparameters": {}}
        if dataset is not None:
            plan = JobPlanned(**about, dataset=dataset, model=f"mdl_{name}", **planned)
            lab.log.append(f"job/job_{name}", plan)
        elif file is not None:
            found = JobImported(**about, remote_id="ftjob-1", report={"training_file": file})
            lab.log.append(f"job/job_{name}", found)
        made = ModelRegistered(
            id=f"mdl_{name}",
            name=name,
            kind="adapter",
            base_model=base,
            job=f"job_{name}",
            dataset=dataset,
            hyperparameters={},
        )
        lab.log.append(f"model/mdl_{name}", made)
        return model(lab.database.reader, made.id)

    return train


@pytest.fixture
def asked(lab: Lab, tmp_path: Path) -> SuiteRow:
    """A suite of three questions."""
    file = tmp_path / "asked.jsonl"
    rows = [{"prompt": question} for question in (CLIPS, RYE, "Where are you?")]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    define(lab, str(file), "asked", system="Be short.")
    return suite(lab.database.reader, "asked")


def rows_of(found: Leaks) -> tuple[list[int], list[int]]:
    return [leak.row for leak in found.exact], [leak.row for leak in found.near]


def test_a_question_leaks_whatever_the_answer_and_the_system_prompt(
    lab: Lab, asked: SuiteRow, add: Callable[..., str], learn: Learn
) -> None:
    setting = {"role": "system", "content": "You are a shop."}
    version = add("shop", turn("Hello?"), [setting, *turn(f"  {RYE} ")], turn(RYE, "Two euros."))
    found = leaks(lab, asked, learn("clerk", version))
    assert rows_of(found) == ([2], [])
    [leak] = found.exact
    assert (leak.question, leak.data.name, leak.example, leak.times) == (RYE, "shop@1", 2, 2)
    assert (found.prompts, found.rows, found.why_not) == (3, 1, None)
    assert [(each.name, each.examples) for each in found.looked_at] == [("shop@1", 3)]


def test_a_question_leaks_in_nearly_the_same_words_and_with_other_numbers(
    lab: Lab, asked: SuiteRow, add: Callable[..., str], learn: Learn
) -> None:
    version = add("sums", turn(OTHER_CLIPS), turn("what does a loaf of RYE cost"), turn("Who?"))
    found = leaks(lab, asked, learn("counter", version))
    assert rows_of(found) == ([], [1, 2])
    assert [leak.example for leak in found.near] == [1, 2]


def test_a_question_leaks_wherever_it_stands_in_a_conversation(
    lab: Lab, asked: SuiteRow, add: Callable[..., str], learn: Learn
) -> None:
    version = add("talk", [*turn("Hello?"), *turn(RYE), *turn(OTHER_CLIPS), *turn("Thanks.")])
    assert rows_of(leaks(lab, asked, learn("talker", version))) == ([2], [1])


def test_what_is_asked_after_something_else_is_another_question(
    lab: Lab, add: Callable[..., str], learn: Learn, tmp_path: Path
) -> None:
    file = tmp_path / "long.jsonl"
    asked = [*turn("Which bread is new?", "The rye."), {"role": "user", "content": "Its price?"}]
    file.write_text(json.dumps({"messages": asked}) + "\n")
    define(lab, str(file), "long")
    long = suite(lab.database.reader, "long")
    alone = learn("alone", add("alone", turn("Its price?")))
    whole = learn("whole", add("whole", [*asked, *turn("x")[1:], *turn("And the other?")]))
    assert [each.rows for each in leaks_of_each(lab, long, [alone, whole])] == [0, 1]


def test_the_data_of_earlier_stages_counts_and_validation_data_does_not(
    lab: Lab, asked: SuiteRow, add: Callable[..., str], learn: Learn
) -> None:
    first = learn("first", add("one", turn(RYE)))
    held_out = add("held-out", turn("Where are you?"))
    options = {"options": {"from": first.id}, "validation": held_out}
    second = learn("second", add("two", turn("Hello?")), **options)
    found = leaks(lab, asked, second)
    assert rows_of(found) == ([2], [])
    assert [each.model for each in found.looked_at] == ["second", "first"]
    third = learn("third", add("three", turn("Bye?")), base=second.id)
    assert [each.name for each in leaks(lab, asked, third).looked_at] == [
        "three@1",
        "two@1",
        "one@1",
    ]


def test_data_that_is_not_kept_is_told_and_the_rest_is_looked_through(
    lab: Lab, asked: SuiteRow, add: Callable[..., str], learn: Learn
) -> None:
    lost = learn("lost", None)
    here = learn("here", add("one", turn(RYE)), options={"from": lost.id})
    found = leaks(lab, asked, here)
    assert found.rows == 1
    assert found.why_not == "what lost was trained on is not kept here"
    nothing = leaks(lab, asked, lost)
    assert (nothing.rows, nothing.looked_at) == (0, ())
    unknown = learn("unknown", "ds_unknown")
    assert "ds_unknown, is not known here" in (leaks(lab, asked, unknown).why_not or "")


def test_content_that_went_missing_or_changed_is_told(
    lab: Lab, asked: SuiteRow, add: Callable[..., str], learn: Learn
) -> None:
    row = learn("clerk", add("shop", turn(RYE)))
    [data] = leaks(lab, asked, row).looked_at
    file = lab.blobs.path(data.content)
    file.chmod(0o600)
    file.write_text("{}\n")
    assert "shop@1 could not be read" in (leaks(lab, asked, row).why_not or "")
    file.unlink()
    assert leaks(lab, asked, row).why_not == "the examples of shop@1 are not kept here"


def test_a_file_of_a_service_is_looked_through_whatever_its_rows(
    lab: Lab, asked: SuiteRow, learn: Learn
) -> None:
    rows = [{"messages": turn(RYE)}, {"odd": 1}, {"messages": 3}, {"messages": turn(CLIPS)[:1]}]
    content = lab.blobs.put("".join(json.dumps(row) + "\n" for row in rows).encode())
    file = RemoteFileSaved(
        provider="openai",
        file="file-1",
        filename="train.jsonl",
        purpose="fine-tune",
        content=content,
        bytes=9,
        dataset=None,
    )
    lab.log.append("file/openai/file-1", file)
    row = learn("hosted", None, file="file-1")
    found = leaks(lab, asked, row)
    assert rows_of(found) == ([1, 2], [])
    assert [each.name for each in found.looked_at] == ["train.jsonl"]


def test_datasets_can_be_looked_through_without_a_model_and_progress_is_told(
    lab: Lab, asked: SuiteRow, add: Callable[..., str]
) -> None:
    add("shop", turn(RYE))
    told: list[tuple[int, int | None]] = []
    found = leaks(lab, asked, ["shop", "sums"], lambda done, total: told.append((done, total)))
    assert found.rows == 1
    assert told[-1][0] == told[-1][1]
    with pytest.raises(NotFoundError):
        leaks(lab, asked, ["nothing"])


def test_without_what_finds_near_duplicates_only_the_same_words_are_found(
    lab: Lab, asked: SuiteRow, add: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rensa", None)
    found = leaks(lab, asked, [add("shop", turn(RYE), turn(OTHER_CLIPS))])
    assert rows_of(found) == ([2], [])
    assert "pip install 'ftlab[data]'" in (found.why_not or "")


def test_a_suite_made_of_a_dataset_leaks_from_it_whole(lab: Lab) -> None:
    whole = define(lab, "sums", "sums").suite
    found = leaks(lab, whole, ["sums"])
    assert (len(found.exact), found.near) == (20, ())


def test_a_short_exercise_leaks_with_all_its_numbers_changed(
    lab: Lab, add: Callable[..., str], tmp_path: Path
) -> None:
    asked = "Tom has 12 apples, eats 3 of them and buys 15 more. How many apples are there now?"
    file = tmp_path / "apples.txt"
    file.write_text(asked + "\nWhat is 2 + 2?\n")
    suite = define(lab, str(file), "apples").suite
    others = asked.replace("12", "40").replace("3 of", "7 of").replace("15", "22")
    found = leaks(lab, suite, [add("learned", turn(others), turn("What is 2 + 3?"))])
    assert rows_of(found) == ([], [1])
