from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.tokens.distribution import Distribution
from engine.data.tokens.encodings import encoding_name
from engine.errors import LabError
from engine.pricing.catalogue import catalogue
from engine.pricing.epochs import default_epochs
from engine.pricing.estimate import Estimate, estimate
from engine.pricing.figures import Catalogue
from engine.pricing.savings import Excess, Saving, savings
from store.errors import NotFoundError

TODAY = date(2026, 11, 21)
THOUSAND = Distribution([100] * 1000)


def own(tmp_path: Path, text: str) -> Catalogue:
    """The catalogue with a user's own figures over it."""
    file = tmp_path / "pricing.toml"
    file.write_text(text)
    return catalogue(file)


def cheaper(
    tokens: Distribution, model: str, excess: Excess | None = None, epochs: int | None = None
) -> tuple[Estimate, dict[str, Saving]]:
    """What a training costs, and the ways to make it cheaper by their descriptions."""
    shipped = catalogue()
    now = estimate(tokens, shipped.find(model), epochs)
    ways = savings(now, tokens, shipped, excess=excess or Excess(), day=TODAY)
    return now, {way.description: way for way in ways}


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("gpt-4o", 25.0),
        ("gpt-4o-mini", 3.0),
        ("gpt-4.1", 25.0),
        ("gpt-4.1-mini", 5.0),
        ("gpt-4.1-nano", 1.5),
        ("gpt-3.5-turbo", 8.0),
        ("davinci-002", 6.0),
        ("babbage-002", 0.4),
    ],
)
def test_the_last_published_prices_are_there_with_their_source(model: str, price: float) -> None:
    figure = catalogue().find(model).training_price
    assert figure is not None
    assert figure.value == price
    assert figure.source.date == "2026-11"
    assert "pricing" in figure.source.title


def test_every_figure_has_a_source_and_every_encoding_is_tiktokens() -> None:
    for model in catalogue().models.values():
        assert model.encoding == encoding_name(model.name)
        for figure in (model.training_price, model.example_limit, model.retires):
            assert figure is None or (figure.source.title and figure.source.url)


def test_models_retire_on_the_announced_days() -> None:
    shipped = catalogue()
    assert shipped.find("gpt-4o-mini").retired(date(2027, 1, 14))
    assert not shipped.find("gpt-4o-mini").retired(date(2027, 1, 13))
    assert shipped.find("gpt-3.5-turbo").retired(TODAY)
    assert not shipped.find("davinci-002").retired(date(2100, 1, 1))


def test_a_fine_tuned_model_is_found_by_its_base() -> None:
    assert catalogue().find("ft:gpt-4o-mini-2024-07-18:acme::B1x").name == "gpt-4o-mini-2024-07-18"


def test_an_unknown_model_is_named_with_the_likeliest() -> None:
    with pytest.raises(NotFoundError, match=r"'gpt-4o-nini'\. Did you mean gpt-4o-mini"):
        catalogue().find("gpt-4o-nini")


def test_what_is_not_known_of_a_model_is_told(tmp_path: Path) -> None:
    assert catalogue().missing("gpt-4o-mini") is None
    unpriced = catalogue().missing("gpt-4-0613")
    assert unpriced is not None
    assert unpriced.startswith("No price of training is known for 'gpt-4-0613'.")
    priced = own(tmp_path, "[models.bot]\ntraining_price = 3\n").missing("bot")
    assert priced is not None
    assert priced.startswith("No limit of an example is known for 'bot'.")


def test_models_are_trained_by_their_own_methods() -> None:
    shipped = catalogue()
    assert shipped.find("gpt-4.1").trained_by == ("supervised", "dpo")
    assert shipped.find("gpt-3.5-turbo").trained_by == ("supervised",)
    assert shipped.find("davinci-002").trained_by == ("completion",)


def test_the_users_alias_leads_to_the_users_model(tmp_path: Path) -> None:
    text = (
        "[models.ours]\ntraining_price = 1\n"
        'aliases = ["gpt-4.1", "gpt-4o-2024-08-06"]\n'
        '[models."gpt-4.1-2025-04-14"]\ntraining_price = 2\n'
    )
    known = own(tmp_path, text)
    assert known.find("gpt-4.1").name == "ours"
    assert known.find("gpt-4o-2024-08-06").name == "ours"
    assert known.find("gpt-4o").name == "gpt-4o-2024-08-06"
    assert known.find("gpt-4.1-2025-04-14").aliases == ()
    assert known.find("gpt-4.1-mini").name == "gpt-4.1-mini-2025-04-14"


def test_a_user_may_give_a_shipped_model_another_alias(tmp_path: Path) -> None:
    known = own(tmp_path, '[models."gpt-4.1"]\naliases = ["big", "gpt-4.1"]\n')
    assert known.find("big").name == known.find("gpt-4.1").name == "gpt-4.1-2025-04-14"


def test_the_users_figures_come_first_key_by_key(tmp_path: Path) -> None:
    model = own(tmp_path, "[models.gpt-4o-mini]\ntraining_price = 2.5\n").find("gpt-4o-mini")
    assert model.training_price is not None
    assert model.example_limit is not None
    assert model.training_price.value == 2.5
    assert model.training_price.source.title == str(tmp_path / "pricing.toml")
    assert date.fromisoformat(model.training_price.source.date) <= date.today()  # noqa: DTZ011
    assert model.example_limit.value == 65536
    assert model.retires is not None


def test_a_deployment_of_ones_own_can_be_added_with_its_source(tmp_path: Path) -> None:
    text = (
        '[sources.contract]\ntitle = "Our contract"\ndate = "2026-10-01"\n'
        "[models.our-bot]\n"
        'aliases = ["bot"]\n'
        'encoding = "o200k_base"\n'
        'training_price = { value = 4, source = "contract" }\n'
        "example_limit = 32768\n"
        "retires = 2028-01-01\n"
    )
    model = own(tmp_path, text).find("bot")
    assert (model.name, model.encoding) == ("our-bot", "o200k_base")
    assert model.training_price is not None
    assert model.training_price.source.title == "Our contract"
    assert estimate(THOUSAND, model).usd == pytest.approx(4 * 100_000 * 3 / 1e6)


def test_a_missing_file_of_the_users_is_no_fault(tmp_path: Path) -> None:
    assert catalogue(tmp_path / "pricing.toml") == catalogue()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[models.gpt-4o]\n\ntraining_pirce = 1\n",
            "line 3: .*unknown key. Did you mean training_p",
        ),
        ("[model.gpt-4o]\n", "line 1: model is an unknown key. Did you mean models"),
        ("# models\n[models.a]\nencoding = 3\n", "line 3: models.a.encoding is no text"),
        ("[models.a]\ntraining_price = -1\n", "line 2: .*no price in US dollars"),
        ('[models.a]\ntraining_price = "1"\n', "line 2: .*no price"),
        ("[models.a]\ntraining_price = true\n", "line 2: .*no price"),
        ("[models.a]\ntraining_price = nan\n", "line 2: .*no price"),
        ("[models.a]\nexample_limit = 1.5\n", "line 2: .*no number of tokens"),
        ('[models.a]\nretires = "2027-01-14"\n', "line 2: .*without quotes"),
        ("[models.a]\nretires = 2027-01-14T00:00:00\n", "line 2: .*is no day"),
        ('[models.a]\naliases = "b"\n', "line 2: .*no list of names"),
        ('[models.a]\ntrains_on = "text"\n', 'line 2: .*neither "chat" nor "completion"'),
        ("[models]\na = 3\n", "line 2: models.a is no table"),
        ("[models.a]\ntraining_price = {source = 'x', value = 1}\n", "line 2: .*the source 'x'"),
        ("[models.a]\ntraining_price = {val = 1}\n", "line 2: .*val is an unknown key"),
        ("[models.a]\ntraining_price = {}\n", "line 2: .*has no value"),
        ('[sources.s]\ntitle = "S"\n', "line 1: sources.s has no date"),
        ('[sources.s]\ntitle = "S"\ndate = "May"\n', "line 3: sources.s.date is no date"),
        ('[sources.s]\ntitle = "S"\ndate = "2026-13-99"\n', "line 3: sources.s.date is no date"),
        ('[sources.s]\ntitle = "S"\ndate = "2026-00"\n', "line 3: sources.s.date is no date"),
        (
            "# mine\n[models.gpt-4.1-mini]\ntraining_price = 1\n",
            r'line 2: .*1-mini is no key, but part of a name with dots: \[models."gpt-4\.1-mini"\]',
        ),
        (
            "[models.gpt-4.1]\nretires = 2028-01-01\n[models.gpt-4.1-mini]\naliases = []\n",
            r'line 1: .*name with dots: \[models."gpt-4\.1"\]',
        ),
        (
            "[models.a.b.c]\ntraining_price = { value = 3 }\n",
            r'line 1: .*name with dots: \[models."a\.b\.c"\]',
        ),
        ("[models.a]\ntraining_pirce = { value = 3 }\n", "line 2: .*unknown key. Did you mean tr"),
        ('[models.a]\nmethods = ["sft"]\n', "line 2: .*another method than supervised, dpo"),
        ("[models.a\n", "is not valid TOML: .*line 1"),
    ],
)
def test_a_fault_in_the_users_file_is_told_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(LabError, match=said):
        own(tmp_path, text)


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pricing.toml").mkdir()
    with pytest.raises(LabError, match=r"pricing\.toml cannot be read: .*directory"):
        catalogue(tmp_path / "pricing.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pricing.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(LabError, match=r"pricing\.toml cannot be read"):
        catalogue(tmp_path / "pricing.toml")


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [
        (0, 3),
        (1, 25),
        (5, 20),
        (10, 10),
        (33, 3),
        (500, 3),
        (8333, 3),
        (8334, 2),
        (12_500, 2),
        (12_501, 1),
        (1_000_000, 1),
    ],
)
def test_default_epochs_follow_the_cookbook(examples: int, epochs: int) -> None:
    assert default_epochs(examples) == epochs


@given(examples=st.integers(1, 200_000))
def test_default_epochs_stay_within_their_bounds(examples: int) -> None:
    epochs = default_epochs(examples)
    assert 1 <= epochs <= 25
    assert examples * epochs <= 25_000 or epochs == 1


def test_the_cost_is_price_times_tokens_times_epochs() -> None:
    # The example of OpenAI's guide: 100,000 tokens and 3 epochs are about 0.90 US dollars.
    now = estimate(THOUSAND, catalogue().find("gpt-4o-mini"))
    assert now.usd == pytest.approx(0.90)
    assert (now.epochs, now.default_epochs) == (3, True)
    assert estimate(THOUSAND, catalogue().find("gpt-4o-mini"), 2).usd == pytest.approx(0.60)


def test_what_exceeds_the_limit_is_not_billed() -> None:
    now = estimate(Distribution([100, 70_000]), catalogue().find("gpt-4o-mini"), 1)
    assert (now.tokens, now.billed_tokens, now.truncated) == (70_100, 100 + 65_536, 1)


def test_a_model_without_a_known_price_says_where_to_write_it() -> None:
    with pytest.raises(NotFoundError, match=r'pricing\.toml .*\n\[models\."gpt-4o-2024-05-13"\]'):
        estimate(THOUSAND, catalogue().find("gpt-4o-2024-05-13"))


def test_an_estimate_carries_all_that_went_into_it() -> None:
    said = estimate(THOUSAND, catalogue().find("gpt-4o-mini")).to_json()
    assert json.loads(json.dumps(said)) == said
    assert said["price"]["value"] == 3.0
    assert said["price"]["source"]["date"] == "2026-11"
    assert said["limit"]["value"] == 65536
    assert said["retires"]["value"] == "2027-01-14"
    assert (said["examples"], said["tokens"], said["epochs"]) == (1000, 100_000, 3)


def test_cheaper_ways_come_with_figures_the_most_saving_first() -> None:
    excess = Excess(Distribution([100] * 100), system_tokens=40_000)
    now, ways = cheaper(THOUSAND, "gpt-4o", excess)
    assert now.usd == pytest.approx(7.5)
    figures = {description: way.usd for description, way in ways.items()}
    assert figures == {
        "gpt-4o-mini-2024-07-18 as the base model": pytest.approx(0.9),
        "gpt-4.1-mini-2025-04-14 as the base model": pytest.approx(1.5),
        "one epoch instead of 3": pytest.approx(2.5),
        "a sample of 500 examples": pytest.approx(3.75),
        "2 epochs instead of 3": pytest.approx(5.0),
        "a system prompt half as long": pytest.approx(6.0),
        "without the 100 duplicate examples": pytest.approx(6.75),
    }
    assert list(figures.values()) == sorted(figures.values())
    assert all(way.saved == pytest.approx(now.usd - way.usd) for way in ways.values())


def test_what_duplicates_save_is_cut_at_the_limit_like_what_is_billed() -> None:
    # By hand: 5 equal examples of 70,014 tokens, cut at 65,536, and 395 small ones.
    small = 334_395 - 5 * 65_536
    sizes = [small - 394 * (small // 395), *[small // 395] * 394]
    tokens = Distribution([*[70_014] * 5, *sizes])
    excess = Excess(Distribution([70_014] * 4))
    now, ways = cheaper(tokens, "gpt-4.1-mini", excess)
    assert now.billed_tokens == 334_395
    way = ways["without the 4 duplicate examples"]
    assert way.usd == pytest.approx((334_395 - 4 * 65_536) * 3 * 5 / 1e6)
    assert round(way.usd, 2) == 1.08


def test_what_a_shorter_system_prompt_saves_is_cut_at_the_limit_too() -> None:
    # Half of 10,000 tokens: the first example stays at the limit, the second loses 5,000.
    tokens = Distribution([80_000, 20_000])
    now, ways = cheaper(tokens, "gpt-4.1-mini", Excess(system_tokens=20_000), epochs=1)
    assert now.billed_tokens == 65_536 + 20_000
    way = ways["a system prompt half as long"]
    assert way.usd == pytest.approx((65_536 + 15_000) * 5 / 1e6)


def test_models_that_are_shut_down_or_take_another_format_are_no_choice() -> None:
    _, ways = cheaper(THOUSAND, "gpt-4o")
    assert not any("nano" in way or "002" in way or "3.5" in way for way in ways)
    _, ways = cheaper(THOUSAND, "davinci-002")
    assert any("babbage-002" in way for way in ways)
    assert not any("gpt" in way for way in ways)


def test_another_encodings_figure_is_marked_as_rough() -> None:
    shipped = catalogue()
    now = estimate(THOUSAND, shipped.find("gpt-4o"))
    ways = savings(now, THOUSAND, shipped, excess=Excess(), day=date(2026, 1, 1))
    (rough,) = [way for way in ways if "3.5-turbo-0125" in way.description]
    assert rough.description.endswith("(roughly: another encoding)")


def test_fewer_examples_save_nothing_where_the_provider_then_adds_epochs() -> None:
    few = Distribution([100] * 24)
    _, ways = cheaper(few, "gpt-4o", Excess(Distribution([100] * 4)))
    assert not any("sample" in way for way in ways)
    assert not any("duplicate" in way for way in ways)
    _, ways = cheaper(few, "gpt-4o", Excess(Distribution([100] * 4)), epochs=3)
    assert any("sample of 12" in way for way in ways)
    assert any("duplicate" in way for way in ways)


def test_what_costs_nothing_more_to_save_is_left_out() -> None:
    _, ways = cheaper(Distribution([100] * 15), "gpt-4o-mini", epochs=1)
    assert ways == {}
