from __future__ import annotations

from pathlib import Path

import pytest

from engine.chatting.sampling import Sampling
from engine.data.errors import DataError, WishError
from engine.errors import RequestError
from engine.lab import Lab
from engine.suites.defining import define
from engine.suites.prompts import kept
from store.errors import NotFoundError
from store.queries.suites import suite, suite_list, versions_of


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.txt"
    file.write_text("When do you open?\nWhat does rye cost?\nWhen do you open?\n")
    return file


def test_a_file_becomes_a_suite_without_what_it_asks_twice(lab: Lab, questions: Path) -> None:
    found = define(lab, str(questions), "smoke", system="Be short.")
    assert (found.suite.version, found.suite.prompts, found.repeated) == (1, 2, 1)
    prompts = list(kept(lab.blobs, found.suite.content))
    assert all(prompt.messages[0]["content"] == "Be short." for prompt in prompts)
    assert found.suite.source == str(questions)


def test_the_same_again_makes_no_version_and_anything_else_does(lab: Lab, questions: Path) -> None:
    first = define(lab, str(questions), "smoke")
    again = define(lab, str(questions), "smoke")
    assert (again.new, again.suite.id) == (False, first.suite.id)
    for number, sampling in enumerate(
        (Sampling(None, None, stop=("END",)), Sampling(0.5, None), Sampling(0.5, 30)), start=2
    ):
        assert define(lab, str(questions), "smoke", sampling=sampling).suite.version == number
    assert [row.version for row in versions_of(lab.database.reader, "smoke")] == [4, 3, 2, 1]
    assert suite(lab.database.reader, "smoke").version == 4
    assert suite(lab.database.reader, "smoke@2").version == 2


def test_a_dataset_becomes_a_suite_with_its_answers_as_references(lab: Lab) -> None:
    found = define(lab, "sums", "sums").suite
    assert (found.prompts, found.answered) == (20, 20)
    assert found.dataset is not None
    assert found.source is None


def test_what_is_neither_a_file_nor_a_dataset_is_named(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match=r"'nothing.txt' is no file, and no dataset"):
        define(lab, "nothing.txt", "smoke")


@pytest.mark.parametrize("name", ["--smoke", "../smoke", "suite_smoke", "", "s" * 101])
def test_nothing_can_be_called_so(lab: Lab, questions: Path, name: str) -> None:
    with pytest.raises(WishError, match="cannot name a suite"):
        define(lab, str(questions), name)


def test_rows_that_hope_for_different_answers_to_one_question_all_stay(
    lab: Lab, tmp_path: Path
) -> None:
    file = tmp_path / "colours.csv"
    file.write_text("question,answer\nColour?,red\nColour?,crimson\nColour?,red\n")
    found = define(lab, str(file), "colours")
    assert (found.suite.prompts, found.suite.answered, found.repeated) == (2, 2, 1)


@pytest.mark.parametrize(
    "sampling",
    [Sampling(2.5, None), Sampling(float("nan"), None), Sampling(None, None, stop=("",))],
)
def test_what_no_service_could_do_is_refused(sampling: Sampling, lab: Lab, questions: Path) -> None:
    with pytest.raises(RequestError):
        define(lab, str(questions), "smoke", sampling=sampling)


def test_an_empty_file_makes_nothing(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(DataError):
        define(lab, str(tmp_path / "empty.txt"), "smoke")
    assert suite_list(lab.database.reader) == []


def test_suites_are_the_same_when_folded_anew(lab: Lab, questions: Path) -> None:
    define(lab, str(questions), "smoke", sampling=Sampling(0.2, 30, stop=("END",)))
    before = suite_list(lab.database.reader)
    lab.log.rebuild()
    assert suite_list(lab.database.reader) == before
