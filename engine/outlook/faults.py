"""What stands against a request, each thing beside the part of the request that it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import base_models
from engine.errors import LabError, LimitError, RequestError
from engine.planning import LOCAL, check_name
from engine.stages import FROM
from store.errors import StoreError
from store.queries import datasets, models

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.planning import TrainingRequest

_ALSO_NAMED = ("method", "seed", "suffix", "grader", "integration")
_VALUE = re.compile(r"^(\w+) is ")
_UNKNOWN = re.compile(r"has no (?:hyperparameter )?'?(\w+)")
_OF_DATA = re.compile(r" has \w+ examples")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that stands against a request.

    Attributes:
        part: what it is about: a field of `TrainingRequest`, a hyperparameter or an option; None
            for the whole.
        words: what is wrong, and what can be done.
    """

    part: str | None
    words: str


def plain_faults(lab: Lab, request: TrainingRequest) -> list[Fault]:
    """Return what is wrong with each part of a request by itself, as far as a glance tells."""
    found = (_fault(part, look) for part, look in _looks(lab, request))
    return [fault for fault in found if fault is not None]


def placed(error: Exception, request: TrainingRequest) -> list[Fault]:
    """Return what an error in planning a request is about."""
    words = str(error)
    if isinstance(error, LimitError):
        return [Fault("max_cost", words)]
    if _is_data_error(error):
        return [Fault("base_model" if "[model-" in words else "dataset", words)]
    parts = words.split("; ")
    if all(_VALUE.match(part) for part in parts):
        return [Fault(_named(part, request), part) for part in parts]
    return [Fault(_named(words, request), words)]


def _looks(lab: Lab, request: TrainingRequest) -> Iterator[tuple[str, Callable[[], object]]]:
    reader = lab.database.reader
    yield "dataset", lambda: _dataset(lab, request.dataset)
    validation = request.validation
    if validation is not None:
        yield "validation", lambda: datasets.dataset(reader, validation)
    yield "suffix", lambda: check_name(lab, request.suffix)
    if request.provider != LOCAL:
        yield "provider", lambda: _profile(lab, request.provider)
    if FROM in request.options:
        yield FROM, lambda: models.model(reader, request.options[FROM])
    else:
        yield "base_model", lambda: _base_model(request)


def _dataset(lab: Lab, reference: str) -> object:
    if not reference:
        raise RequestError("name the dataset to train on")
    return datasets.dataset(lab.database.reader, reference)


def _base_model(request: TrainingRequest) -> None:
    if not request.base_model:
        raise RequestError("name the base model to train")
    if request.provider == LOCAL:
        base_models.check(request.base_model)


def _profile(lab: Lab, name: str) -> object:
    from engine.config.settings import Settings

    return Settings.read(lab.places).profile(name)


def _fault(part: str, look: Callable[[], object]) -> Fault | None:
    try:
        look()
    except (LabError, StoreError) as error:
        return Fault(part, str(error))
    return None


def _is_data_error(error: Exception) -> bool:
    from engine.data.errors import DataError

    return isinstance(error, DataError)


def _named(words: str, request: TrainingRequest) -> str | None:
    """Return the part of a request that an error names first."""
    if _OF_DATA.search(words):
        reference = (request.validation or "").partition("@")[0]
        mine = bool(reference) and words.startswith(reference) and reference != request.dataset
        return "validation" if mine else "method" if "does not train on" in words else "dataset"
    unknown = _UNKNOWN.search(words)
    if unknown is not None and unknown[1] in request.hyperparameters:
        return unknown[1]
    known = (*request.hyperparameters, *_ALSO_NAMED)
    places = {name: _place(name, words) for name in known}
    named = [name for name, place in places.items() if place is not None]
    if not named:
        return "method" if "services train by" in words else None
    return min(named, key=lambda name: (places[name] or 0, -len(name)))


def _place(name: str, words: str) -> int | None:
    pattern = re.escape(name).replace("_", "[_ -]")
    found = re.search(rf"(?<![\w-])(?:--)?{pattern}s?(?!\w)", words)
    return found.start() if found else None
