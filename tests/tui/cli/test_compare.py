"""`ftlab compare` of models that were evaluated, and its gate."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.lab import Lab
from engine.places import Places
from store.events import ModelTagged
from store.queries.models import model
from tests.engine.comparing.evaluations import EXACT, PERPLEXITY, Evaluations, Gave, question
from tui.cli import main

_EXAMPLE = Path(__file__).parents[3] / "ftlab.db.example"
_BASE = "smollm2-135m-instruct"


class Finished(NamedTuple):
    """What a command came to."""

    status: object
    out: str
    err: str


Compare = Callable[..., Finished]


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example database, where both models and their base were evaluated by a suite."""
    home = tmp_path_factory.mktemp("evaluated")
    shutil.copy(_EXAMPLE, home / "ftlab.db")
    with Lab(Places(home, home / "ftlab.db"), role="cli") as lab:
        told = Evaluations(lab.log, lab.blobs)
        suite = told.suite("math", 10)
        prod, candidate = (
            model(lab.database.reader, name).id for name in ("first-try", "long-run")
        )
        for name, right, loss in ((f"local/{_BASE}", 1, 15.0), (prod, 6, 9.0), (candidate, 7, 8.0)):
            gave = [
                Gave(
                    f"It is {7 if place < right else 8}.", float(place < right), (loss, 10.0), 0.01
                )
                for place in range(10)
            ]
            paid = {"cost": 0.1} | ({"judge_cost": 0.02} if name == candidate else {})
            told.evaluate(suite, name, gave, [EXACT, PERPLEXITY], paid=paid)
        told.evaluate(
            told.suite("tickets", [question(100), question(101)]), prod, [Gave("?", 1.0)] * 2
        )
        lab.log.append(f"model/{prod}", ModelTagged(tag="prod"))
    return home


@pytest.fixture
def compare(
    evaluated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Compare:
    """Runs the command on that database, which it only reads."""
    monkeypatch.setenv("FTLAB_HOME", str(evaluated))

    def run(*arguments: str) -> Finished:
        monkeypatch.setattr(sys, "argv", ["ftlab", "compare", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Finished(ended.value.code, printed.out, printed.err)

    return run


def test_a_suite_is_shown_with_figures_differences_and_the_rows_that_differ(
    compare: Compare,
) -> None:
    shown = compare("first-try", "long-run", "--suite", "math").out
    suite = shown[shown.index("SUITE math@1, 10 prompts") :].splitlines()
    assert suite[2] == "exact_match"
    assert suite[3].split()[:2] == ["first-try", "0.600"]
    assert suite[4].split()[:2] == ["long-run", "0.700"]
    assert "+0.100 [0.000 to 0.500]" in suite[4]
    assert suite[4].split()[-2:] == ["1.000", "1/9/0"]
    assert "★" in suite[4]
    answer = suite.index("The one furthest apart of 1 prompt with different answers")
    assert suite[answer + 1 : answer + 7] == [
        "▸ question 6",
        "  hoped for: answer 6",
        "  first-try (exact_match 0.000, perplexity 2.46):",
        "    It is [-8-].",
        "  long-run (exact_match 1.000, perplexity 2.23):",
        "    It is {+7+}.",
    ]


def test_it_ends_with_the_table_that_a_fine_tuner_knows(compare: Compare) -> None:
    shown = compare(_BASE, "long-run", "--suite", "math", "--rows", "0").out
    table = shown[shown.index("On 10 prompts of math@1") :].splitlines()
    assert table[1].split() == [
        *("model", "training", "loss", "evaluation", "loss", "perplexity", "accuracy", "cost")
    ]
    assert table[2].split() == [_BASE, "-", "1.500", "4.482", "-", "$0.1000"]
    assert table[3].split() == ["long-run", "0.9732", "0.8000", "2.226", "-", "$0.1000"]
    assert "furthest apart" not in shown


def document(compare: Compare, *arguments: str) -> dict[str, Any]:
    done = compare(*arguments, "--json")
    assert (done.status, done.err) == (0, "")
    found = json.loads(done.out)
    assert isinstance(found, dict)
    return found


def test_a_program_gets_suites_and_verdicts(compare: Compare) -> None:
    found = document(
        compare, "prod", "long-run", "--suite", "math", "--require", "exact_match>=-0.01"
    )
    assert [each["name"] for each in found["compared"]] == ["first-try", "long-run"]
    [suite] = found["suites"]
    assert suite["suite"]["name"] == "math"
    [exact, *_] = suite["scorers"]
    assert [each["value"] for each in exact["figures"]] == [0.6, 0.7]
    assert exact["differences"][0] is None
    assert exact["differences"][1]["value"] == pytest.approx(0.1)
    assert exact["tallies"][1] == {"wins": 1, "ties": 9, "losses": 0}
    assert len(suite["rows"]) == 10
    assert suite["rows"][0]["answers"] == ["It is 8.", "It is 7."]
    exact_scores = [scores[0] for scores in suite["rows"][0]["scores"]]
    assert {each["label"] for each in exact_scores} == {"exact_match"}
    assert [each["value"] for each in exact_scores] == [0.0, 1.0]
    assert suite["costs"] == [{"answers": 0.1, "judge": None}, {"answers": 0.1, "judge": 0.02}]
    [verdict] = found["requirements"]["verdicts"]
    assert found["requirements"]["hold"] is verdict["holds"] is True
    assert (verdict["metric"], verdict["suite"], verdict["rows"]) == ("exact_match", "math@1", 10)


def test_what_a_judge_cost_stands_apart_from_what_the_answers_did(compare: Compare) -> None:
    shown = compare("prod", "long-run", "--suite", "math", "--rows", "0").out.splitlines()
    titles = next(place for place, line in enumerate(shown) if "of judging them" in line)
    assert [line.split() for line in shown[titles : titles + 3]] == [
        ["cost", "of", "all", "answers", "of", "judging", "them"],
        ["first-try", "$0.1000", "-"],
        ["long-run", "$0.1000", "$0.0200"],
    ]


def test_a_model_that_was_not_trained_here_has_no_settings_to_compare(compare: Compare) -> None:
    shown = compare(_BASE, "long-run", "--rows", "0").out
    assert "nothing to set beside the settings and metrics of long-run (--all" in shown
    assert "HYPERPARAMETERS" not in shown
    assert "learning rate" in compare(_BASE, "long-run", "--rows", "0", "--all").out


def test_more_rows_are_shown_if_they_are_asked_for_answers_of_three_below_each_other(
    compare: Compare,
) -> None:
    shown = compare(_BASE, "first-try", "long-run", "--suite", "math", "--rows", "2").out
    rows = shown[shown.index("The 2 furthest apart of 6 prompts") :].splitlines()
    assert [line for line in rows if line.startswith("    It is")][:3] == [
        "    It is [-8-].",
        "    It is {+7+}.",
        "    It is {+7+}.",
    ]
    assert sum(line.startswith("▸") for line in rows) == 2


def test_a_model_without_an_evaluation_is_told_of_with_the_command(compare: Compare) -> None:
    shown = compare("first-try", "long-run", "--suite", "tickets").out
    assert "! long-run was not evaluated by tickets: `ftlab eval tickets long-run`." in shown


@pytest.mark.parametrize(
    ("requirements", "status", "words"),
    [
        (
            ["exact_match>=-0.01"],
            0,
            "✓ exact_match>=-0.01: 0.6000 -> 0.7000, +0.1000 [0 to +0.5000], p 1.000",
        ),
        (["exact_match>=-0.01", "cost<=1.2x"], 0, "✓ all met"),
        (["exact_match>=0.2"], 1, "10 prompts of math@1: it is beyond the bound"),
        (["exact_match>=0", "perplexity<=0.5x"], 1, "✗ 1 of 2 requirements not met"),
        (["exact_match>0.05", "--confident"], 1, "its interval reaches beyond the bound"),
        (["loss<=0.1"], 0, "on held-out examples, of which no interval is known"),
    ],
)
def test_the_gate_lets_through_what_holds(
    compare: Compare, requirements: list[str], status: int, words: str
) -> None:
    options = [each for each in requirements if each.startswith("--")]
    required = [f"--require={each}" for each in requirements if each not in options]
    done = compare("prod", "long-run", "--rows", "0", "--suite", "math", *required, *options)
    assert (done.status, done.err) == (status, "")
    assert words in done.out
    assert done.out.index("REQUIREMENTS of long-run, beside first-try") > done.out.index("On 10")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--require=exact_match"], "'exact_match' is no requirement: write one like"),
        (["--require=bleu>=0"], "there is no 'bleu' of these two; there are exact_match"),
        (["--require=exact_match>=0", "first-try"], "these are 3"),
        (
            ["--require=exact_match>=0", "--suite=tickets"],
            "`ftlab eval tickets long-run` evaluates",
        ),
        (["--confident"], "--confident says how a --require is meant: there is none"),
    ],
)
def test_the_gate_says_what_it_cannot_tell(
    compare: Compare, arguments: list[str], words: str
) -> None:
    refused = compare(_BASE, "long-run", *arguments)
    assert refused.status == 2
    assert words in refused.err.replace("\n", " ")


def test_no_such_suite_is_told(compare: Compare) -> None:
    refused = compare("first-try", "long-run", "--suite", "nothing")
    assert refused.status == 4
    assert "no suite is called 'nothing'" in refused.err
