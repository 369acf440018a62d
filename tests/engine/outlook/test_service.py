from __future__ import annotations

from datetime import date

import pytest

from engine.lab import Lab
from engine.outlook.service import offers_of, terms_of
from engine.pricing.closing import closes
from engine.profiles import make
from store.errors import NotFoundError

TODAY = date(2026, 11, 20)


def test_openai_offers_what_it_has_a_price_for_and_still_runs(lab: Lab) -> None:
    names = [offer.name for offer in offers_of(lab, "openai", TODAY)]
    assert names[0] == "gpt-4o-mini-2024-07-18"
    assert "davinci-002" in names
    assert "gpt-4.1-nano-2025-04-14" not in names
    gone = [offer.name for offer in offers_of(lab, "openai", date(2027, 2, 1))]
    assert "gpt-4o-mini-2024-07-18" not in gone


def test_of_other_services_only_ones_own_figures_tell(lab: Lab) -> None:
    lab.places.config.write_text(
        '[profiles.mine]\nkind = "compatible"\nbase_url = "https://models.example/v1"\n'
    )
    assert offers_of(lab, "mine", TODAY) == []
    lab.places.prices.write_text('[models."ours-7b"]\ntraining_price = 2.5\n')
    (offer,) = offers_of(lab, "mine", TODAY)
    assert (offer.name, offer.price, offer.methods) == ("ours-7b", 2.5, ("supervised", "dpo"))
    assert terms_of(lab, "mine", "ours-7b").closes is None


def test_a_profile_that_is_not_there_offers_nothing(lab: Lab) -> None:
    with pytest.raises(NotFoundError, match="no profile 'nowhere'"):
        offers_of(lab, "nowhere", TODAY)


def test_openai_alone_is_known_to_close() -> None:
    assert closes(make("openai", {})) is not None
    azure = make("ours", {"kind": "azure", "base_url": "https://ours.openai.azure.com"})
    assert closes(azure) is None
