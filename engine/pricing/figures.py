"""Figures about hosted models, each with where it is from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Generic, Literal, TypeVar

from engine.data.tokens.encodings import base_model
from store.errors import NotFoundError

TrainsOn = Literal["chat", "completion"]
T = TypeVar("T", float, int, date)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure is from.

    Attributes:
        title: the page or file, to show.
        date: when it was read there: a year, month and, where known, day.
        url: its address, if it has one.
    """

    title: str
    date: str
    url: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain JSON."""
        return {"title": self.title, "date": self.date, "url": self.url}


@dataclass(frozen=True, slots=True)
class Figure(Generic[T]):
    """A value that someone published, and where."""

    value: T
    source: Source

    def to_json(self) -> dict[str, Any]:
        """Return the same as plain JSON; a day as text."""
        value = self.value
        shown = value.isoformat() if isinstance(value, date) else value
        return {"value": shown, "source": self.source.to_json()}


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """What is known of a hosted model; None where nothing is.

    Attributes:
        name: the snapshot's full name.
        aliases: other names that lead to it.
        encoding: tiktoken's name for its encoding.
        training_price: US dollars for a million tokens of training.
        example_limit: the most tokens of a training example.
        trains_on: "chat", or "completion" for models that take prompts with completions only.
        retires: the day on which it shuts down.
    """

    name: str
    aliases: tuple[str, ...] = ()
    encoding: str | None = None
    training_price: Figure[float] | None = None
    example_limit: Figure[int] | None = None
    trains_on: TrainsOn = "chat"
    retires: Figure[date] | None = None

    def retired(self, day: date) -> bool:
        """Tell whether the model is shut down on a day."""
        return self.retires is not None and self.retires.value <= day


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The hosted models that something is known of.

    Attributes:
        models: by their full names.
    """

    models: dict[str, ModelFigures]

    def get(self, model: str) -> ModelFigures | None:
        """Return what is known of a model, fine-tuned or not, by its name or an alias."""
        base = base_model(model)
        if base in self.models:
            return self.models[base]
        return next((known for known in self.models.values() if base in known.aliases), None)

    def find(self, model: str) -> ModelFigures:
        """Return what is known of a model.

        Raises:
            NotFoundError: if nothing is.
        """
        known = self.get(model)
        if known is not None:
            return known
        names = [name for entry in self.models.values() for name in (entry.name, *entry.aliases)]
        likely = get_close_matches(base_model(model), names, n=1)
        hint = f" Did you mean {likely[0]}?" if likely else ""
        raise NotFoundError(
            f"No price is known for '{model}'.{hint} Your own figures go into pricing.toml in the "
            "data directory."
        )

    def with_changes(self, changes: dict[str, dict[str, Any]]) -> Catalogue:
        """Return the catalogue with the given fields of some models replaced, or models added.

        Args:
            changes: by a model's name or alias, its fields.
        """
        models = dict(self.models)
        for name, fields in changes.items():
            known = self.get(name) or ModelFigures(name)
            models[known.name] = replace(known, **fields)
        return Catalogue(models)
