from __future__ import annotations

from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.lab import Lab
from store.queries.datasets import counts_of
from tests.engine.data.versions.conftest import Add, row

_MODEL = "gpt-4o-mini-2024-07-18"


@pytest.fixture
def talk(add: Add) -> str:
    return add("talk", *(row(f"What is {n}?", f"It is {n}.") for n in range(40))).id


def test_the_cost_is_price_times_tokens_times_epochs(lab: Lab, talk: str) -> None:
    counted = lab.datasets.count_tokens(talk, _MODEL, epochs=2)
    assert counted.cost is not None
    assert counted.cost.usd == pytest.approx(3.00 * counted.tokens.total * 2 / 1e6)
    assert counted.tokens.examples == 40
    assert 0 < counted.assistant_tokens < counted.tokens.total


def test_the_ways_to_make_it_cheaper_are_told(lab: Lab, talk: str) -> None:
    counted = lab.datasets.count_tokens(talk, "gpt-4o-2024-08-06")
    assert {way.way for way in counted.savings} >= {"fewer-epochs", "smaller-model"}
    assert all(way.saved > 0 for way in counted.savings)


def test_a_version_is_counted_once(lab: Lab, talk: str) -> None:
    first = lab.datasets.count_tokens(talk, _MODEL)
    head = lab.database.head()
    second = lab.datasets.count_tokens(talk, "gpt-4o")
    assert lab.database.head() == head
    assert len(counts_of(lab.database.reader, talk)) == 1
    assert list(second.tokens.values) == list(first.tokens.values)


def test_the_users_own_price_comes_first(lab: Lab, talk: str) -> None:
    lab.places.prices.write_text(f'[models."{_MODEL}"]\ntraining_price = 100.0\n')
    counted = lab.datasets.count_tokens(talk, _MODEL, epochs=1)
    assert counted.cost is not None
    assert counted.cost.usd == pytest.approx(100.0 * counted.tokens.total / 1e6)


def test_a_local_model_counts_with_its_own_tokenizer(lab: Lab, talk: str, tiny_base: Path) -> None:
    counted = lab.datasets.count_tokens(talk, str(tiny_base))
    assert counted.cost is None
    assert counted.tokens.examples == 40
    assert counted.tokens.total != lab.datasets.count_tokens(talk, _MODEL).tokens.total


def test_an_unknown_model_is_refused(lab: Lab, talk: str) -> None:
    with pytest.raises(DataError, match="gpt-9"):
        lab.datasets.count_tokens(talk, "gpt-9")
