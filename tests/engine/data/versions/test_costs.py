from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from engine.data.errors import DataError
from engine.data.tokens.distribution import Distribution
from engine.data.versions.checks import CheckWish
from engine.data.versions.costs import count_version
from engine.lab import Lab
from store.events import DatasetCounted
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
    assert 0 < counted.assistant["total"] < counted.tokens.total
    assert counted.missing is None


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


def test_local_models_with_one_folder_name_are_counted_apart(
    lab: Lab, talk: str, tiny_base: Path, tmp_path: Path
) -> None:
    copies = [tmp_path / place / "same-name" for place in ("a", "b")]
    for copy in copies:
        shutil.copytree(tiny_base, copy)
    template = copies[1] / "chat_template.jinja"
    template.write_text(f"Read this with care:\n{template.read_text()}")
    first, second = (lab.datasets.count_tokens(talk, str(copy)) for copy in copies)
    assert first.tokenizer == second.tokenizer == "same-name"
    assert second.tokens.total > first.tokens.total
    assert lab.datasets.count_tokens(talk, str(copies[0])).tokens.total == first.tokens.total
    assert len(counts_of(lab.database.reader, talk)) == 2


def test_duplicates_are_counted_without_a_check(lab: Lab, add: Add) -> None:
    rows = [row(f"What is {n}?", f"It is {n}.") for n in range(200)]
    add("talk", *rows, *rows[:40])
    counted = lab.datasets.count_tokens("talk", _MODEL)
    [way] = [way for way in counted.savings if way.way == "deduplicated"]
    assert counted.cost is not None
    left = counted.tokens.total - sum(counted.tokens.values[:40])
    assert way.usd == pytest.approx(left * 3 * 3.00 / 1e6)
    lab.datasets.check("talk", CheckWish(model=_MODEL))
    assert lab.datasets.count_tokens("talk", _MODEL).to_json() == counted.to_json()


def test_the_assistants_tokens_and_the_messages_are_described_too(lab: Lab, talk: str) -> None:
    said = lab.datasets.count_tokens(talk, _MODEL).to_json()
    described = {"min", "max", "mean", "median", "p5", "p95", "total"}
    for key in ("tokens", "assistant", "messages"):
        assert described <= said[key].keys()
    assert (said["messages"]["min"], said["messages"]["total"]) == (2, 80)
    assert said["assistant_tokens"] == said["assistant"]["total"] > 0


def test_an_older_count_that_tells_less_is_made_anew(lab: Lab, talk: str) -> None:
    older = DatasetCounted(
        version=talk,
        tokenizer="o200k_base",
        tokens=7,
        assistant_tokens=3,
        statistics={"total": {}, "system": 0, "duplicates": None},
        lengths=lab.blobs.put(Distribution([7]).pack()),
    )
    lab.log.append("dataset/talk", older)
    assert lab.datasets.count_tokens(talk, _MODEL).tokens.examples == 40
    assert len(counts_of(lab.database.reader, talk)) == 1


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("gpt-4.1-mni", "No price of training and no limit of an example is known for 'gpt-4.1-mn"),
        ("gpt-4o-2024-11-20", "Did you mean gpt-4o-2024-08-06?"),
    ],
)
def test_why_there_is_no_cost_is_said(lab: Lab, talk: str, model: str, said: str) -> None:
    counted = lab.datasets.count_tokens(talk, model)
    assert (counted.cost, counted.savings) == (None, [])
    assert counted.missing is not None
    assert said in counted.missing
    assert counted.tokens.examples == 40


def test_models_that_are_shut_down_on_the_day_are_no_choice(lab: Lab, talk: str) -> None:
    for day, offered in ((date(2026, 10, 22), True), (date(2026, 10, 23), False)):
        counted = count_version(lab, talk, "gpt-4o", day=day)
        assert any("gpt-4.1-nano" in way.description for way in counted.savings) == offered
