from __future__ import annotations

from typing import Any

import pytest

from engine.training.automatic import Known, examples_a_step, learning_rate, settle


@pytest.mark.parametrize(
    ("examples", "expected"), [(10, 4), (3999, 4), (4000, 8), (10_000, 16), (10**7, 256)]
)
def test_a_step_learns_from_a_five_hundredth_of_the_examples(examples: int, expected: int) -> None:
    assert examples_a_step(examples) == expected


@pytest.mark.parametrize(
    ("method", "model", "expected"),
    [
        ("full", {"hidden_size": 2000}, 5e-5),
        ("lora", {"hidden_size": 2000}, 5e-4),
        ("lora", {"hidden_size": 4096}, 2.9e-4),
        ("lora", {"n_embd": 768}, 1.1e-3),
        ("lora", {}, 4.9e-4),
        ("full", {"d_model": 512, "is_encoder_decoder": True}, 3e-4),
        ("lora", {"hidden_size": 8}, 1e-2),
    ],
)
def test_the_learning_rate_falls_with_the_models_width(
    method: str, model: dict[str, Any], expected: float
) -> None:
    assert learning_rate(Known(method, 100, model)) == pytest.approx(expected)


def test_only_what_is_left_open_is_settled() -> None:
    known = Known("lora", 10_000, {})
    given = {"epochs": "auto", "batch_size": "auto", "learning_rate": 1e-4, "max_steps": "auto"}
    assert settle(given, known) == {
        "epochs": 2.0,
        "batch_size": 8,
        "gradient_accumulation": 2,
        "learning_rate": 1e-4,
        "max_steps": "auto",
    }


def test_a_chosen_accumulation_stays() -> None:
    given = {"batch_size": "auto", "gradient_accumulation": 8}
    assert settle(given, Known("lora", 10_000, {})) == {"batch_size": 2, "gradient_accumulation": 8}


@pytest.mark.parametrize(
    ("examples", "expected"),
    [(60, (100.0, 4)), (500, (96.0, 16)), (2000, (24.0, 32)), (10**6, (3.0, 32))],
)
def test_random_weights_see_every_example_often_and_learn_fast(
    examples: int, expected: tuple[float, int]
) -> None:
    given = dict.fromkeys(("epochs", "batch_size", "learning_rate"), "auto")
    settled = settle(given, Known("full", examples, {}, random=True))
    assert (settled["epochs"], settled["batch_size"]) == expected
    assert settled["gradient_accumulation"] == 1
    assert settled["learning_rate"] == 2e-3


def test_an_accumulation_out_of_bounds_is_not_made_good() -> None:
    given = {"batch_size": "auto", "gradient_accumulation": 0}
    assert settle(given, Known("lora", 10_000, {}))["gradient_accumulation"] == 0


def test_several_devices_share_the_examples_of_a_step() -> None:
    settled = settle({"batch_size": "auto", "devices": 2}, Known("lora", 10_000, {}))
    assert settled == {"batch_size": 8, "gradient_accumulation": 1, "devices": 2}
