"""Figures about hosted models, each with where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Generic, Literal, TypeVar

from engine.data.tokens.encodings import base_model
from store.errors import NotFoundError

TrainsOn = Literal["chat", "completion"]
TrainedBy = Literal["supervised", "dpo", "completion", "reinforcement"]
_USUAL_METHODS: Mapping[TrainsOn, tuple[TrainedBy, ...]] = {
    "chat": ("supervised", "dpo"),
    "completion": ("completion",),
}
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
        methods: by what it is trained, if not by what such models usually are.
        retires: the day on which it shuts down.
        input_price: US dollars for a million tokens that the model itself reads.
        cached_input_price: the same of those that it has read a moment before.
        output_price: the same of those that it writes.
        tuned_input_price: the three of a model that was made from it by fine-tuning.
        tuned_cached_input_price: see `tuned_input_price`.
        tuned_output_price: see `tuned_input_price`.
    """

    name: str
    aliases: tuple[str, ...] = ()
    encoding: str | None = None
    training_price: Figure[float] | None = None
    example_limit: Figure[int] | None = None
    trains_on: TrainsOn = "chat"
    methods: tuple[TrainedBy, ...] | None = None
    retires: Figure[date] | None = None
    input_price: Figure[float] | None = None
    cached_input_price: Figure[float] | None = None
    output_price: Figure[float] | None = None
    tuned_input_price: Figure[float] | None = None
    tuned_cached_input_price: Figure[float] | None = None
    tuned_output_price: Figure[float] | None = None

    @property
    def trained_by(self) -> tuple[TrainedBy, ...]:
        """The methods by which the model is trained."""
        return _USUAL_METHODS[self.trains_on] if self.methods is None else self.methods

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
        # An alias comes first: a user may lead a model's full name to one of their own.
        aliased = (known for known in self.models.values() if base in known.aliases)
        return next(aliased, None) or self.models.get(base)

    def find(self, model: str) -> ModelFigures:
        """Return what is known of a model.

        Raises:
            NotFoundError: if nothing is.
        """
        known = self.get(model)
        if known is None:
            raise NotFoundError(self.missing(model))
        return known

    def missing(self, model: str) -> str | None:
        """Say what is not known of a model, the likeliest other one, and where it can be written.

        A price and a limit are known of whatever is trained; None if they are of this one.
        """
        known = self.get(model) or ModelFigures(model)
        figures = {
            "price of training": known.training_price,
            "limit of an example": known.example_limit,
        }
        lacking = [what for what, figure in figures.items() if figure is None]
        if not lacking:
            return None
        likely = get_close_matches(base_model(model), self._priced_names(), n=1)
        hint = f" Did you mean {likely[0]}?" if likely else ""
        return (
            f"No {' and no '.join(lacking)} is known for '{model}'.{hint} Your own figures go into "
            "pricing.toml in the data directory."
        )

    def _priced_names(self) -> list[str]:
        """Return the names and aliases of the models that have a price of training."""
        priced = [known for known in self.models.values() if known.training_price is not None]
        return [name for known in priced for name in (known.name, *known.aliases)]

    def with_changes(self, changes: dict[str, dict[str, Any]]) -> Catalogue:
        """Return the catalogue with the given fields of some models replaced, or models added.

        An alias leads to the model to which it was given last.

        Args:
            changes: by a model's name or alias, its fields.
        """
        changed = self
        for name, fields in changes.items():
            known = self.get(name) or ModelFigures(name)
            models = changed._without(frozenset(fields.get("aliases", ())))
            before = models.get(known.name, known)
            changed = Catalogue(models | {known.name: replace(before, **fields)})
        return changed

    def _without(self, aliases: frozenset[str]) -> dict[str, ModelFigures]:
        """Return the models, none of them with one of these aliases."""
        return {
            name: known
            if aliases.isdisjoint(known.aliases)
            else replace(known, aliases=tuple(n for n in known.aliases if n not in aliases))
            for name, known in self.models.items()
        }
