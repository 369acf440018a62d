"""What a hosted service is known to allow, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.pricing.catalogue import catalogue, users_own
from engine.pricing.closing import closes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from engine.lab import Lab
    from engine.pricing.figures import Catalogue, Figure, ModelFigures
    from engine.profiles import Profile


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of training a model at a service.

    Attributes:
        profile: the service's name here.
        host: where the data goes.
        on_this_machine: whether that is this machine.
        retires: when the base model shuts down, with every model that was made of it.
        closes: from when on no new jobs are taken.
        methods: by what the model is trained, empty if nobody knows.
    """

    profile: str
    host: str
    on_this_machine: bool
    retires: Figure[date] | None
    closes: Figure[date] | None
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A base model that a service is known to train.

    Attributes:
        name: its full name.
        price: US dollars for a million tokens of training.
        methods: by what it is trained.
        retires: the day on which it shuts down, if one is known.
    """

    name: str
    price: float
    methods: tuple[str, ...]
    retires: date | None


def terms_of(lab: Lab, provider: str, model: str) -> Terms:
    """Return what is known of training a model at a service.

    Raises:
        NotFoundError: if there is no such profile.
        LabError: if what is said of it, or of prices, cannot be.
    """
    from engine.config.settings import Settings

    profile = Settings.read(lab.places).profile(provider)
    known = catalogue(lab.places.prices).get(model) if model else None
    return Terms(
        profile=provider,
        host=profile.host,
        on_this_machine=profile.on_this_machine,
        retires=known.retires if known else None,
        closes=closes(profile),
        methods=known.trained_by if known else (),
    )


def offers_of(lab: Lab, provider: str, day: date) -> list[Offer]:
    """Return the models that a service is known to train on a day.

    Those that train on chats come first, the cheapest of them at the top. Of a service of another
    kind than OpenAI's, only the user's own figures tell.

    Raises:
        NotFoundError: if there is no such profile.
        LabError: if what is said of it, or of prices, cannot be.
    """
    from engine.config.settings import Settings

    profile = Settings.read(lab.places).profile(provider)
    found = (_offer(known) for known in _figures(lab, profile).models.values())
    there = [offer for offer in _known(found) if offer.retires is None or offer.retires > day]
    return sorted(there, key=_usual_first)


def _usual_first(offer: Offer) -> tuple[bool, float, str]:
    return "supervised" not in offer.methods, offer.price, offer.name


def _figures(lab: Lab, profile: Profile) -> Catalogue:
    read = catalogue if profile.kind == "openai" else users_own
    return read(lab.places.prices)


def _offer(known: ModelFigures) -> Offer | None:
    if known.training_price is None:
        return None
    retires = known.retires.value if known.retires else None
    return Offer(known.name, known.training_price.value, known.trained_by, retires)


def _known(offers: Iterator[Offer | None]) -> Iterator[Offer]:
    return (offer for offer in offers if offer is not None)
