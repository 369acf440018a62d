"""`ftlab models`: model versions and their lineage."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab


def test_models_are_listed_with_what_training_did_to_them(recorded: Ftlab) -> None:
    _, row = recorded("models").out.splitlines()
    assert row.split()[:5] == ["quick", "adapter", "smollm2-135m-instruct", "54.60", "7.389"]
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


def test_hyperparameters_are_shown_one_a_line(recorded: Ftlab) -> None:
    lines = recorded("models", "show", "quick").out.splitlines()
    assert any(line.split() == ["lora", "rank", "16"] for line in lines)
