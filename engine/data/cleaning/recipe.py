"""Recipes: which cleaning steps, with what parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.data.cleaning.parameters import read_parameters, written_parameters
from engine.data.cleaning.steps import BY_NAME, STEP_NAMES, STEPS
from engine.data.errors import WishError
from engine.data.reading.rows import excerpt

ALL = "all"


@dataclass(frozen=True, slots=True)
class ChosenStep:
    """A step of a recipe.

    Attributes:
        name: the step's name.
        parameters: its parameters in full, those that were left out included.
    """

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name + written_parameters(self.name, self.parameters)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Cleaning steps in the order in which they work, whatever order they were written in.

    Cleaning by the same recipe a second time changes nothing.

    Attributes:
        steps: the steps, each once.
    """

    steps: tuple[ChosenStep, ...]

    @classmethod
    def parse(cls, text: str) -> Recipe:
        """Read a recipe as a person writes it: "strip,dedupe,near-dedupe:0.9".

        `all` stands for every step that most data gains from, `-name` leaves one of them out again,
        and a step written after `all` brings its own parameters: "all,-mask-secrets,near-dedupe:1".

        Raises:
            WishError: if a step is unknown (the likeliest is named), its parameter is none that it
                takes, or no step is left.
        """
        chosen: dict[str, ChosenStep] = {}
        for wish in filter(None, map(str.strip, text.split(","))):
            if wish == ALL:
                for step in STEPS:
                    if step.in_all:
                        chosen.setdefault(step.name, _chosen(step.name))
            elif wish.startswith("-"):
                chosen.pop(_known(wish[1:].strip()), None)
            else:
                step_wished = _chosen(wish)
                chosen[step_wished.name] = step_wished
        if not chosen:
            raise WishError(
                f"The recipe '{excerpt(text, 60)}' has no step. Write '{ALL}' or some of: "
                f"{', '.join(STEP_NAMES)}."
            )
        return cls(tuple(chosen[name] for name in STEP_NAMES if name in chosen))

    def parameters_of(self, name: str) -> dict[str, Any] | None:
        """Return the parameters of a step, None if the recipe does not have it."""
        return next((step.parameters for step in self.steps if step.name == name), None)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the recipe for the log: per step its name, version, parameters and library."""
        return [_recorded(step) for step in self.steps]

    def __str__(self) -> str:
        """Write the recipe so that `parse` reads it back."""
        return ",".join(map(str, self.steps))


def _chosen(wish: str) -> ChosenStep:
    name, colon, given = wish.partition(":")
    name = _known(name.strip())
    return ChosenStep(name, read_parameters(name, given.strip() if colon else None))


def _known(name: str) -> str:
    if name in BY_NAME:
        return name
    import difflib

    close = difflib.get_close_matches(name.lower(), STEP_NAMES, n=1, cutoff=0.4)
    hint = f"did you mean '{close[0]}'? " if close else ""
    raise WishError(
        f"There is no cleaning step '{excerpt(name, 40)}' ({hint}there is: {ALL}, "
        f"{', '.join(STEP_NAMES)})."
    )


def _recorded(chosen: ChosenStep) -> dict[str, Any]:
    step = BY_NAME[chosen.name]
    recorded: dict[str, Any] = {"step": step.name, "version": step.version, **chosen.parameters}
    if step.library is not None:
        recorded["library"] = f"{step.library} {_installed(step.library)}"
    return recorded


def _installed(library: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"
