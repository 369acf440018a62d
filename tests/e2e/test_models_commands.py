"""`ftlab models`: model versions and their lineage."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


def test_models_are_listed_with_what_training_did_to_them(recorded: Ftlab) -> None:
    titles, base, row = recorded("models").out.splitlines()
    assert titles.split() == ["model", "kind", "perplexity", "age", "id"]
    assert base.split() == ["smollm2-135m-instruct", "base"]
    assert row.split()[:6] == ["└─quick", "adapter", "54.60", "↘", "7.389", row.split()[5]]
    assert [model["id"] for model in recorded.rows("models")] == ["mdl_0000000001"]


def test_a_model_is_shown_with_its_lineage(recorded: Ftlab) -> None:
    shown = recorded("models", "show", "quick").out
    for told in ("job_0000000001", "sums/train@1", "4.000 -> 2.000", "20 held-out examples"):
        assert told in shown
    lineage = recorded.document("models", "show", "mdl_")["lineage"]
    assert lineage["job"]["id"] == "job_0000000001"
    assert lineage["job"]["hyperparameters"]["lora_rank"] == 16
    assert lineage["dataset"]["name"] == "sums/train"


def test_before_it_was_registered_a_model_is_not_there(recorded: Ftlab) -> None:
    assert recorded.rows("models", "--at", "8") == []


def test_an_unknown_model_is_told_and_ends_with_4(recorded: Ftlab) -> None:
    done = recorded("models", "show", "nobody", "--json")
    assert (done.status, done.out) == (4, "")
    assert done.err == "ftlab: no model is called 'nobody': `ftlab models` lists them\n"


def test_a_model_is_tagged_found_by_it_and_untagged(recorded: Ftlab) -> None:
    done = recorded("models", "tag", "quick", "prod", "eu/best")
    assert (done.status, done.out) == (0, "quick  tagged prod, eu/best\n")
    again = recorded("models", "tag", "quick", "prod")
    assert (again.out, again.err) == ("", "quick is tagged already: prod\n")
    assert [row["tags"] for row in recorded.rows("models", "--tag", "prod")] == [
        ["eu/best", "prod"]
    ]
    assert "eu/best prod" in recorded("models").out
    assert "eu/best, prod" in recorded("models", "show", "quick").out
    assert [job["name"] for job in recorded.rows("jobs", "--where", "tag:prod")] == ["quick"]
    shown = recorded.document("models", "untag", "quick", "prod", "never")
    assert (shown["changed"], shown["unchanged"], shown["tags"]) == (
        ["prod"],
        ["never"],
        ["eu/best"],
    )
    assert "no longer tagged prod" in recorded("history", "model/").out
    assert recorded("verify").status == 0


def test_a_wrong_tag_is_wrong_usage_and_an_unknown_model_is_not_found(recorded: Ftlab) -> None:
    wrong = recorded("models", "tag", "quick", "a b")
    assert wrong.status == 2
    assert "'a b' cannot be a tag" in wrong.err
    assert recorded("models", "untag", "nobody", "prod").status == 4
    assert recorded("models", "--tag", "never").err.startswith("No model is tagged never")


def test_a_tag_moves_with_a_reason_that_is_told_wherever_the_model_is(recorded: Ftlab) -> None:
    recorded("models", "tag", "quick", "prod", "--reason", "the first of all")
    shown = recorded("models", "show", "prod").out
    assert "prod: the first of all" in shown
    [move] = recorded.document("models", "show", "prod")["tag_history"]
    assert (move["tag"], move["reason"], move["because"]) == ("prod", "the first of all", [])
    assert "tagged prod: the first of all" in recorded("history", "model/").out
    again = recorded("models", "tag", "prod", "prod", "--reason", "and the best")
    assert again.out == "quick  was tagged prod before; why is recorded now\n"
    recorded("models", "untag", "prod", "prod", "--reason", "it was not")
    assert "no longer prod: it was not" in recorded("models", "show", "quick").out
    assert recorded("verify").status == 0


def test_what_makes_no_sense_for_a_tag_is_wrong_usage(recorded: Ftlab) -> None:
    assert recorded("models", "tag", "quick", "a", "--move", "--share").status == 2
    assert recorded("models", "tag", "quick", "a", "--suite", "s").status == 2
    itself = recorded("models", "tag", "quick", "a", "--compared-with", "quick")
    assert itself.status == 2
    assert "cannot be compared with itself" in itself.err
    assert recorded.rows("models", "--tag", "a") == []
    assert recorded("models", "--suite", "unknown").status == 4


def test_hyperparameters_are_shown_one_a_line(recorded: Ftlab) -> None:
    lines = recorded("models", "show", "quick").out.splitlines()
    assert any(line.split() == ["lora", "rank", "16"] for line in lines)
