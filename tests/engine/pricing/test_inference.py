"""What a hosted model's answers cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.pricing.catalogue import catalogue, users_own
from engine.pricing.inference import Rates, rates_of

_TUNED = "ft:gpt-4o-mini-2024-07-18:acme::B1x"
_PRICES = ("input_price", "cached_input_price", "output_price")


def _rates(model: str, base: str | None = None) -> Rates:
    found = rates_of(catalogue(), model, base)
    assert found is not None
    return found


def test_a_fine_tuned_model_costs_more_than_its_base() -> None:
    assert _rates("gpt-4o-mini").cost(1_000_000, 1_000_000) == pytest.approx(0.15 + 0.60)
    assert _rates(_TUNED).cost(1_000_000, 1_000_000) == pytest.approx(0.30 + 1.20)
    assert _rates("ft:davinci-002:acme::x").cost(1000, 500) == pytest.approx(0.018)


def test_cached_tokens_cost_less_where_they_have_a_price() -> None:
    cached = _rates(_TUNED).cost(1_000_000, 0, 400_000)
    assert cached == pytest.approx(0.6 * 0.30 + 0.4 * 0.15)
    uncached = _rates("gpt-3.5-turbo-0125")
    assert uncached.cost(1000, 10, 400) == uncached.cost(1000, 10)


def test_what_is_not_known_has_no_price() -> None:
    assert rates_of(catalogue(), "gpt-9") is None
    assert rates_of(catalogue(), "ft:gpt-4-0613:acme::x") is None


def test_every_price_has_its_source() -> None:
    for model in catalogue().models.values():
        for name in (*_PRICES, *(f"tuned_{price}" for price in _PRICES)):
            figure = getattr(model, name)
            assert figure is None or (figure.source.url and figure.source.date == "2026-11")


def test_elsewhere_only_the_users_own_prices_count(tmp_path: Path) -> None:
    file = tmp_path / "pricing.toml"
    assert rates_of(users_own(file), "gpt-4o-mini") is None
    file.write_text("[models.our-bot]\ninput_price = 0.5\noutput_price = 2\n")
    assert rates_of(users_own(file), "gpt-4o-mini") is None
    own = rates_of(users_own(file), "our-bot", "gpt-4o-mini-2024-07-18")
    assert own is not None
    assert own.cost(1_000_000, 1_000_000) == pytest.approx(2.5)
    assert own.input.source.title == str(file)


def test_the_users_prices_come_before_those_that_ftlab_knows(tmp_path: Path) -> None:
    file = tmp_path / "pricing.toml"
    file.write_text("[models.gpt-4o-mini]\ntuned_output_price = 9\n")
    found = rates_of(catalogue(file), _TUNED)
    assert found is not None
    assert (found.input.value, found.output.value) == (0.30, 9)
