"""`ftlab compare`, on the example database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.lab import Lab
from engine.places import Places
from store.queries.models import model
from tests.e2e.conftest import Ftlab
from tests.engine.comparing.evaluations import Evaluations, right, wrong

_EXAMPLE = Path(__file__).parents[2] / "ftlab.db.example"


@pytest.fixture
def example(ftlab: Ftlab) -> Ftlab:
    ftlab.home.mkdir(exist_ok=True)
    shutil.copy(_EXAMPLE, ftlab.database)
    return ftlab


def test_only_what_differs_is_shown_then_how_they_did(example: Ftlab) -> None:
    shown = example("compare", "first-try", "long-run").out
    assert "max steps      24         28" in shown
    assert "batch size" not in shown
    assert "36 lines more, the same for all: --all shows them, too." in shown
    assert "eval_loss, last          0.8486 ★   0.8784" in shown
    assert shown.index("METRICS") < shown.index("On 20 examples of gsm8k/validation@1")
    last = shown.rstrip().splitlines()[-1].split()
    assert last == ["long-run", "0.9732", "0.8784", "2.407", "-", "-"]


def test_all_shows_what_is_the_same(example: Ftlab) -> None:
    assert "batch size" in example("compare", "first-try", "long-run", "--all").out


def test_a_program_gets_all_of_it(example: Ftlab) -> None:
    found = example.document("compare", "first-try", "too-hot", "low-rank")
    assert [each["name"] for each in found["compared"]] == ["first-try", "too-hot", "low-rank"]
    settings = {each["name"]: each for each in found["settings"]}
    assert settings["batch_size"]["differs"] is False
    assert settings["learning_rate"]["values"] == [0.0005, 0.005, 0.0005]
    losses = next(each for each in found["metrics"] if each["name"] == "loss, last")
    assert len(losses["values"]) == 3
    assert found["answers"] == {"prompts": 0, "counts": []}
    assert found["suites"] == []
    assert "requirements" not in found
    assert found["results"][-1]["model"] == "first-try"


def test_it_compares_them_as_they_stood(example: Ftlab) -> None:
    later = example.document("compare", "first-try", "long-run")["results"]
    earlier = example.document("compare", "first-try", "long-run", "--at", "90")["results"]
    assert len(earlier) < len(later)


@pytest.mark.parametrize(
    ("references", "status", "words"),
    [
        (["first-try"], 2, "2 to 6 jobs or models can be compared, not 1"),
        (["first-try", "first-try"], 2, "2 to 6 different jobs or models can be compared, not 1"),
        (["first-try", "nobody"], 4, "no job and no model is called 'nobody'"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    example: Ftlab, references: list[str], status: int, words: str
) -> None:
    refused = example("compare", *references)
    assert refused.status == status
    assert words in refused.err


def test_where_nothing_was_evaluated_nothing_heavy_is_loaded(example: Ftlab) -> None:
    done = example("compare", "first-try", "long-run", PYTHONPROFILEIMPORTTIME="1")
    assert done.status == 0
    assert not {"numpy", "torch"} & set(done.err.replace("|", " ").split())


@pytest.fixture
def evaluated(example: Ftlab) -> Ftlab:
    """The example database, where both models were evaluated by a suite."""
    with Lab(Places(example.home, example.database), role="cli") as lab:
        told = Evaluations(lab.log, lab.blobs)
        suite = told.suite("math", 4)
        for name, gave in (("first-try", right()), ("long-run", wrong())):
            told.evaluate(suite, model(lab.database.reader, name).id, [gave] * 4)
    return example


def test_a_candidate_that_is_worse_fails_the_gate(evaluated: Ftlab) -> None:
    failed = evaluated("compare", "first-try", "long-run", "--require", "exact_match>=-0.01")
    assert (failed.status, failed.err) == (1, "")
    last = failed.out.splitlines()[-2:]
    assert last[0].startswith("✗ exact_match>=-0.01: 1.000 -> 0, -1.000")
    assert last[1] == "✗ 1 of 1 requirement not met"


def test_a_machine_without_numpy_compares_the_rest(evaluated: Ftlab, tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError('not here')")
    light = {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"}
    shown = evaluated("compare", "first-try", "long-run", **light)
    assert (shown.status, shown.err) == (0, "")
    assert "pip install 'ftlab[eval]'" in shown.out
    assert "On 20 examples of gsm8k/validation@1" in shown.out
    refused = evaluated("compare", "first-try", "long-run", "--suite", "math", **light)
    assert refused.status == 2
    assert "pip install 'ftlab[eval]'" in refused.err
