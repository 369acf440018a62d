from __future__ import annotations

import json
import pickle

import pytest

from engine.data.cleaning.recipe import Recipe
from engine.data.cleaning.steps import STEP_NAMES, STEPS
from engine.data.errors import DataError


def fault_of(text: str) -> str:
    with pytest.raises(DataError) as caught:
        Recipe.parse(text)
    return str(caught.value)


def test_the_order_is_the_same_whatever_the_order_written() -> None:
    recipe = Recipe.parse("dedupe, strip,drop-empty,fix-encoding")
    assert [step.name for step in recipe.steps] == ["fix-encoding", "strip", "drop-empty", "dedupe"]
    assert recipe == Recipe.parse("fix-encoding,strip,drop-empty,dedupe,strip")


def test_all_is_every_step_but_the_one_that_drops_answers_people_may_want() -> None:
    names = [step.name for step in Recipe.parse("all").steps]
    assert names == [name for name in STEP_NAMES if name != "dedupe-prompts"]


def test_all_can_be_added_to_and_taken_from() -> None:
    recipe = Recipe.parse("near-dedupe:0.95,all,-mask-secrets,dedupe-prompts")
    assert recipe.parameters_of("near-dedupe") == {"threshold": 0.95, "any_numbers": False}
    assert recipe.parameters_of("mask-secrets") is None
    assert recipe.parameters_of("dedupe-prompts") == {}


@pytest.mark.parametrize(
    "text",
    ["all", "strip", "near-dedupe:0.9", "near-dedupe:0.8+any-numbers,mask-secrets:key+ip,dedupe"],
)
def test_a_recipe_written_reads_back_as_itself(text: str) -> None:
    recipe = Recipe.parse(text)
    assert Recipe.parse(str(recipe)) == recipe


def test_parameters_are_recorded_in_full_with_versions() -> None:
    recorded = Recipe.parse("near-dedupe,mask-secrets:key+email,strip").as_json()
    assert recorded[0] == {"step": "strip", "version": 1}
    assert recorded[1]["kinds"] == ["email", "key"]
    assert recorded[2]["threshold"] == 0.8
    assert recorded[2]["library"].startswith("rensa ")
    assert json.loads(json.dumps(recorded)) == recorded


def test_a_recipe_travels_to_another_process() -> None:
    recipe = Recipe.parse("all")
    assert pickle.loads(pickle.dumps(recipe)) == recipe  # noqa: S301 - our own bytes


def test_every_step_is_explained_in_one_sentence() -> None:
    for step in STEPS:
        assert step.explanation.endswith(".")
        assert step.explanation.count(". ") == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stirp", "There is no cleaning step 'stirp' (did you mean 'strip'? there is: all, "),
        ("Dedupe", "did you mean 'dedupe'?"),
        ("-encoding,strip", "did you mean 'fix-encoding'?"),
        ("", "The recipe '' has no step. Write 'all' or some of: fix-encoding,"),
        ("strip,-strip", "The recipe 'strip,-strip' has no step."),
        ("strip:2", "The cleaning step strip takes no parameter, not '2'."),
        ("near-dedupe:much", "from 0.5 to 1 (near-dedupe:0.9), not 'much'."),
        ("near-dedupe:0.3", "not 0.3."),
        ("near-dedupe:nan", "not nan."),
        ("near-dedupe:", "'near-dedupe:' lacks a parameter. It takes how alike"),
        ("mask-secrets:mail", "no kind of secret 'mail' (did you mean 'email'? there is: email, "),
        ("mask-secrets:email+", "lacks a parameter. It takes kinds joined by +"),
    ],
)
def test_what_cannot_be_followed_is_named_with_what_can(text: str, message: str) -> None:
    assert message in fault_of(text)
