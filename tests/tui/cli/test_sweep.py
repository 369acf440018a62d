"""`ftlab sweep` on sweeps whose trials were measured by nobody but the test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from engine.errors import LimitError
from engine.sweeping.planning import plan
from engine.sweeping.starting import complete, start
from store.job_status import SUCCEEDED
from tests.engine.conftest import lab, sums_file
from tests.engine.providers.hosted.conftest import MODEL, standin
from tests.engine.providers.hosted.conftest import lab as hosted_lab
from tests.engine.sweeping.conftest import base, succeed, wish, with_sums
from tui.cli.root import root
from tui.event_lines import summary

if TYPE_CHECKING:
    from engine.lab import Lab
    from tests.engine.sweeping.conftest import Succeed, Wish
    from tests.standin.standin import Standin

__all__ = ["base", "hosted_lab", "lab", "standin", "succeed", "sums_file", "wish", "with_sums"]


@pytest.fixture
def swept(with_sums: Lab, wish: Wish, succeed: Succeed) -> Lab:
    """A lab with a sweep of two rates and two batch sizes, all measured."""
    sweep = start(with_sums, plan(with_sums, wish(request={"suffix": "rates"})))
    succeed(with_sums, sweep, [2.0, 2.25, 1.0, 1.25])
    complete(with_sums, sweep)
    return with_sums


def _run(lab: Lab, *words: str | Path) -> Result:
    environment = {"FTLAB_HOME": str(lab.places.home)}
    return CliRunner().invoke(root, ["sweep", *map(str, words)], env=environment)


def _document(lab: Lab, *words: str | Path) -> Any:  # noqa: ANN401 - whatever was printed
    done = _run(lab, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_trials_are_shown_the_best_first_with_what_mattered(swept: Lab) -> None:
    done = _run(swept, "show", "rates")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[:4] for line in lines[1:5]] == [
        ["1", "3", "0.01", "2"],
        ["2", "4", "0.01", "4"],
        ["3", "1", "0.001", "2"],
        ["4", "2", "0.001", "4"],
    ]
    assert "rates-3 is first by evaluation loss, 1.000: 1.250 (55.6%) better than" in done.stdout
    assert "learning rate: explains 94% of the variance (33% would be chance)" in done.stdout
    assert "batch size: explains 6% of the variance" in done.stdout
    assert "4 trials are few" in done.stdout
    assert "ftlab models tag rates-3 candidate" in done.stdout


def test_programs_are_told_the_same(swept: Lab) -> None:
    found = _document(swept, "show", "rates")
    assert (found["status"], found["by"], found["gain"]) == ("done", "evaluation loss", 1.25)
    assert [trial["name"] for trial in found["trials"]] == [f"rates-{n}" for n in (3, 4, 1, 2)]
    assert {trial["status"] for trial in found["trials"]} == {SUCCEEDED}
    assert [effect["setting"] for effect in found["effects"]] == ["learning_rate", "batch_size"]
    [row] = _document(swept, "list")
    assert (row["name"], row["trials"], row["succeeded"]) == ("rates", 4, 4)
    # Its place in the log before anything was measured.
    head = swept.database.head()
    assert _document(swept, "show", "rates", "--at", str(head - 1))["status"] == "done"


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_what_mattered_is_drawn_the_same_each_time(kind: str, swept: Lab, tmp_path: Path) -> None:
    first, second = (tmp_path / f"{name}.{kind}" for name in ("first", "second"))
    assert _document(swept, "plot", "rates", "-o", first)["by"] == "evaluation loss"
    assert _run(swept, "plot", "rates", "-o", second).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    if kind == "svg":
        assert "learning rate, explains 94%" in first.read_text()


def test_a_learning_curve_is_shown_and_drawn(
    with_sums: Lab, wish: Wish, succeed: Succeed, tmp_path: Path
) -> None:
    from engine.sweeping.subsets import Sizes

    asked = {"suffix": "more", "validation": "sums"}
    sizes = Sizes((15, 30, 60), percent=False)
    curve = start(with_sums, plan(with_sums, wish(request=asked, axes={}, sizes=sizes)))
    succeed(with_sums, curve, [4.0, 2.0, 1.0])
    shown = _run(with_sums, "show", "more").stdout
    assert "fitted 60 * examples^-1" in shown
    assert "lowered the loss by 1 (50.0%)" in shown
    assert "120 examples come to about 0.5" in shown
    picture = tmp_path / "more.svg"
    assert _run(with_sums, "plot", "more", "-o", picture).exit_code == 0
    assert "examples learned from" in picture.read_text()
    assert _document(with_sums, "show", "more")["learning_curve"]["law"]["b"] == pytest.approx(1)


def test_the_history_tells_of_a_sweep_in_a_few_words(swept: Lab) -> None:
    told = [summary(event) for event in swept.log.read(stream=f"sweep/{_id(swept)}")]
    assert told[0] == "rates: 4 trials of learning rate, batch size"
    assert told[1].endswith("is the best of 4 by evaluation loss, 1")


def _id(lab: Lab) -> str:
    found: str = _document(lab, "show", "rates")["id"]
    return found


def test_a_lab_without_sweeps_says_how_to_begin_one(lab: Lab) -> None:
    done = _run(lab, "list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No sweeps yet. `ftlab sweep DS" in done.stderr


def test_paid_trials_are_asked_for_and_their_limit_is_of_all_together(
    hosted_lab: Lab, standin: Standin
) -> None:
    asked = ("sums", "--provider", "openai", "--model", MODEL, "--grid", "epochs=1,2")
    unasked = _run(hosted_lab, *asked)
    assert unasked.exit_code == 2
    assert "2 trials, about $" in unasked.stdout
    assert "trials cost money: say --yes" in unasked.stderr
    dear = _run(hosted_lab, *asked, "--yes", "--max-cost", "0.0001")
    assert isinstance(dear.exception, LimitError)
    assert "not one of them would fit" in str(dear.exception)
    assert _document(hosted_lab, "list") == []
    assert standin.jobs == []


def test_a_finished_sweep_has_nothing_to_go_on_with(swept: Lab) -> None:
    done = _run(swept, "resume", "rates", "--detach")
    assert (done.exit_code, done.stdout.split()[0]) == (0, "rates")
    assert "It is finished: 4 trials ended, 4 of them with a model." in done.stderr
    assert "Nothing starts what waits" not in done.stderr
    assert _document(swept, "resume", "rates", "--detach")["status"] == "done"


def test_a_sweep_that_is_not_there_is_told_with_one_that_is(swept: Lab) -> None:
    done = _run(swept, "show", "rtaes")
    assert "no sweep is called 'rtaes'" in str(done.exception)
    assert "Did you mean rates?" in str(done.exception)
