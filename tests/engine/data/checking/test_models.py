from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.data.checking.models import model_problems
from engine.data.checking.rules import Method
from engine.pricing.catalogue import catalogue

TODAY = date(2026, 11, 21)


def said(model: str, method: Method | None = "supervised", day: date = TODAY) -> list[str]:
    """The rules that find something in a model, each with what it says."""
    problems = model_problems(model, catalogue(), method, day)
    return [f"{problem.rule}: {problem.message}" for problem in problems]


@pytest.mark.parametrize("method", ["supervised", "dpo", None])
def test_nothing_speaks_against_a_model_that_is_trained(method: Method | None) -> None:
    assert said("gpt-4.1-mini", method) == []
    assert said("ft:gpt-4.1-mini-2025-04-14:acme::B1x", method) == []


def test_a_model_that_is_shut_down_cannot_be_trained() -> None:
    (told,) = said("gpt-3.5-turbo")
    assert told == (
        "model-shut-down: gpt-3.5-turbo-0125 was shut down on 2026-10-23 "
        "(OpenAI's API docs, Deprecations, 2026-11)"
    )


def test_nor_can_one_that_is_shut_down_before_a_training_ends() -> None:
    assert said("gpt-4.1-mini", day=date(2027, 1, 11)) == []
    for day in (date(2027, 1, 12), date(2027, 1, 13)):
        (told,) = said("gpt-4.1-mini", day=day)
        assert told == (
            "model-shut-down: gpt-4.1-mini-2025-04-14 shuts down on 2027-01-14, too soon "
            "(OpenAI's API docs, Deprecations, 2026-11)"
        )


@pytest.mark.parametrize(
    ("model", "method", "expected"),
    [
        ("davinci-002", "supervised", "davinci-002 is trained by completion, not supervised: "),
        ("davinci-002", "completion", None),
        ("gpt-4.1", "completion", "gpt-4.1-2025-04-14 is trained by supervised or dpo, not "),
        ("o4-mini", "supervised", "o4-mini-2025-04-16 is trained by reinforcement, not superv"),
    ],
)
def test_a_model_is_trained_by_its_own_methods(
    model: str, method: Method, expected: str | None
) -> None:
    found = [each for each in said(model, method) if each.startswith("model-method: ")]
    assert len(found) == (expected is not None)
    assert expected is None or found[0].startswith(f"model-method: {expected}")


def test_a_model_for_prompts_and_completions_says_how_to_train_it_with_chats() -> None:
    (told,) = said("davinci-002")
    assert "--method completion" in told
    assert "--to prompt-completion" in told


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-4.1-mni", "No price of training and no limit of an example is known for 'gpt-4.1-m"),
        ("gpt-4.1-mni", "Did you mean gpt-4.1-mini?"),
        ("gpt-4o-2024-11-20", "Did you mean gpt-4o-2024-08-06?"),
    ],
)
def test_what_is_not_known_of_a_model_is_said_with_the_likeliest_other(
    model: str, expected: str
) -> None:
    (told,) = said(model)
    assert told.startswith("model-unknown: ")
    assert expected in told


def test_what_the_user_knows_of_a_model_will_do(tmp_path: Path) -> None:
    file = tmp_path / "pricing.toml"
    file.write_text(
        '[models."gpt-4o-2024-11-20"]\ntraining_price = 25\nexample_limit = 65536\n'
        '[models.tuned]\ntraining_price = 1\nexample_limit = 1000\nmethods = ["dpo"]\n'
    )
    prices = catalogue(file)
    assert list(model_problems("gpt-4o-2024-11-20", prices, "supervised", TODAY)) == []
    (problem,) = model_problems("tuned", prices, "supervised", TODAY)
    assert problem.rule == "model-method"
