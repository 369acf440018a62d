"""Ready to ask: a model's endpoint, its name there, its kind, and what its answers cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.chatting.endpoints import Endpoint, HostedEndpoint, LocalEndpoint, ModelServer
from engine.chatting.missing import explain_missing
from engine.chatting.targets import HostedTarget, LocalTarget
from engine.errors import ProviderError

if TYPE_CHECKING:
    from engine.pricing.inference import Rates


@dataclass(frozen=True, slots=True)
class Reached:
    """A model that can be asked.

    Attributes:
        endpoint: where it is.
        model: what it is called there.
        completes: whether it is known to be a model of the legacy completions.
        rates: what its answers cost, if that is known; of a local model nothing is.
    """

    endpoint: Endpoint
    model: str
    completes: bool = False
    rates: Rates | None = None


def reach_local(target: LocalTarget, server: ModelServer) -> Reached:
    """Return a model of this machine, at the server that has it."""
    return Reached(LocalEndpoint(server), target.served.id)


def reach_hosted(target: HostedTarget, prices: Path, now: Callable[[], datetime]) -> Reached:
    """Return a model at a service, with what is known of its kind and its prices.

    Args:
        target: the model.
        prices: the user's own figures.
        now: tells the time.

    Raises:
        LabError: if the user's figures cannot be read.
    """
    from engine.pricing.catalogue import catalogue, users_own
    from engine.pricing.inference import rates_of

    figures = catalogue(prices)
    # The prices that ftlab knows are OpenAI's; elsewhere a model of the same name costs another.
    priced = figures if target.profile.kind == "openai" else users_own(prices)

    def missing(failure: ProviderError) -> ProviderError:
        return explain_missing(failure, target, figures, now())

    known = figures.get(target.base or target.name)
    return Reached(
        HostedEndpoint(target.profile, target.key, missing),
        target.name,
        completes=known is not None and known.trains_on == "completion",
        rates=rates_of(priced, target.name, target.base),
    )
