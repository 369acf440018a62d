"""Whom one talks to: a model version, or a base model of this machine or of a service."""

from __future__ import annotations

from dataclasses import dataclass

from store.queries.models import ModelRow
from tui.formats import short_model

LOCAL = "local"
"""What the engine calls this machine."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A model to talk to.

    Attributes:
        model: a model version's id, or a base model's name: how the engine finds it, and what
            conversations with it are recorded under.
        name: what to call it.
        base: what it was made of; empty for a base model.
        provider: `local`, or the profile whose service has it.
    """

    model: str
    name: str
    base: str
    provider: str

    @property
    def hosted(self) -> bool:
        """Whether it is at a service."""
        return self.provider != LOCAL

    @property
    def reference(self) -> str:
        """What it is found by where models of several providers are known."""
        return self.model if self.base else f"{self.provider}/{self.model}"

    @property
    def asked_at(self) -> str | None:
        """The profile that is asked for it; None of a model version, which the list knows."""
        return self.provider if not self.base else None

    @property
    def title(self) -> str:
        """Its name, with its base model and its place where those are not in the name."""
        base = short_model(self.base)
        # A hosted model's name tells its base model, and is long.
        parts = [self.name, base if base and base not in self.name else ""]
        if self.hosted and not self.base:
            parts.append(f"at {self.provider}")
        return " · ".join(part for part in parts if part)


def partner_of(row: ModelRow) -> Partner:
    """Return a model version as somebody to talk to."""
    provider = LOCAL if row.remote_id is None else row.provider
    return Partner(row.id, row.name, row.base_model, provider)


def base_partner(name: str, provider: str) -> Partner:
    """Return a base model as somebody to talk to."""
    return Partner(name, short_model(name) if provider == LOCAL else name, "", provider)
