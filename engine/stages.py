"""What a job on this machine begins with: random weights, or a model version made here before.

A full model is the base of the next stage. An adapter is trained on where it is: its base stays
shared, the result stays small, and nothing is rounded, as it would be by adding the adapter to
weights of half precision. Only full fine-tuning adds it to its base first, in float32.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.errors import LabError, RequestError
from engine.training import automatic, scratch
from store.errors import NotFoundError
from store.queries import jobs, models

if TYPE_CHECKING:
    from engine.places import Places
    from store.queries.models import ModelRow

FROM = "from"
"""The option of a job that says from which model version it goes on, by its id."""

_FULL, _ADAPTER = "full", "adapter"
"""Kinds of model versions; training all weights goes by the first name, too."""
_ADAPTER_CONFIG = "adapter_config.json"
_METHODS = {_FULL: _FULL, _ADAPTER: "lora"}
_AFTER_RANDOM = 0.25
"""The part of the learning rate from random weights that the next stage takes."""
_STEP = ("batch_size", "gradient_accumulation")
"""What says from how many examples a step learns."""
_OF_ADAPTER = {"lora_rank": "r", "lora_alpha": "lora_alpha"}
"""What of an adapter cannot change, by its names in the adapter's own file."""


class Start(NamedTuple):
    """What a job on this machine begins with.

    Attributes:
        base_model: what is trained; of a full model version its id.
        method: `lora` or `full`.
        hyperparameters: those that were asked for, and what the beginning itself settles.
        model: the id of the model version that it goes on from, if it does.
        notes: what the user should know.
    """

    base_model: str
    method: str
    hyperparameters: dict[str, Any]
    model: str | None = None
    notes: tuple[str, ...] = ()


def from_scratch(base_model: str, method: str | None, given: Mapping[str, Any]) -> Start:
    """Return how to begin with a model of random weights; what was not chosen is left to ftlab.

    Raises:
        RequestError: if anything but all its weights shall be trained.
    """
    if method not in (None, _FULL):
        raise RequestError(
            f"{base_model} begins with random weights, which an adapter would leave as they are: "
            f"train it with --method {_FULL}"
        )
    # With packing a batch counts rows of many examples, for which there is no rule.
    left = [name for name in automatic.NAMES if not given.get("packing") or name != "batch_size"]
    return Start(base_model, _FULL, dict.fromkeys(left, automatic.AUTO) | dict(given))


def go_on(
    connection: sqlite3.Connection,
    places: Places,
    reference: str,
    method: str | None,
    given: Mapping[str, Any],
) -> Start:
    """Return how to go on from a model version.

    Args:
        connection: where models are looked up.
        places: where they lie.
        reference: the model version's name, id or beginning.
        method: the one that was asked for; None takes that of the stage before.
        given: the hyperparameters that were asked for.

    Raises:
        NotFoundError: if there is no such model, or it is gone.
        RequestError: if it is a hosted one, or its adapter has another shape than was asked for.
        LabError: if its files are not here.
    """
    row = models.model(connection, reference)
    _check(row, places)
    usual = _METHODS[row.kind]
    chosen = method or usual
    known = _settled(row, places) if chosen == "lora" and row.kind == _ADAPTER else {}
    _check_shape(row, known, given)
    notes = [f"goes on from {row.name} ({row.kind})"]
    if chosen == usual:
        taken, words = _taken_over(row, given)
        known |= taken
        notes += words
    if chosen == _FULL and row.kind == _ADAPTER:
        notes.append("its adapter is added to its base, all of whose weights are trained")
    base = row.id if row.kind == _FULL else row.base_model
    return Start(base, chosen, known | dict(given), row.id, tuple(notes))


def adapter_of(connection: sqlite3.Connection, options: Mapping[str, Any]) -> str | None:
    """Return the id of the adapter that a job with these options goes on from, if it does."""
    if FROM not in options:
        return None
    row = models.model(connection, options[FROM])
    return row.id if row.kind == _ADAPTER else None


def earlier(connection: sqlite3.Connection, job: str | None) -> list[ModelRow]:
    """Return the model versions that a job goes on from: the nearest, that one's own, and so on."""
    found: list[ModelRow] = []
    while job is not None:
        try:
            before = json.loads(jobs.job_detail(connection, job).options_json).get(FROM)
            row = models.model(connection, before) if before is not None else None
        except NotFoundError:
            break
        if row is None or row in found:
            break
        found.append(row)
        job = row.job
    return found


def _check(row: ModelRow, places: Places) -> None:
    if row.kind not in _METHODS:
        raise RequestError(
            f"{row.name} is at {row.provider}, and training on this machine goes on from models "
            f"that are here: `ftlab models recreate {row.name}` rebuilds it here first"
        )
    if row.gone_at is not None:
        raise NotFoundError(f"{row.name} is gone: {row.gone_reason} on {row.gone_at[:10]}")
    needed = "config.json" if row.kind == _FULL else _ADAPTER_CONFIG
    folder = places.model(row.id)
    if not (folder / needed).is_file():
        raise LabError(f"the files of {row.name} are not here: there is no {needed} in {folder}")


def _settled(row: ModelRow, places: Places) -> dict[str, Any]:
    """Return the hyperparameters that an adapter has for good.

    Raises:
        LabError: if its file does not tell.
    """
    file = places.model(row.id) / _ADAPTER_CONFIG
    try:
        config = json.loads(file.read_text("utf-8"))
        shape = {ours: config[theirs] for ours, theirs in _OF_ADAPTER.items()}
        layers = config.get("target_modules")
        return shape | ({} if layers is None else {"lora_target_modules": _named(layers)})
    except (ValueError, KeyError, TypeError) as error:
        raise LabError(f"{file} is damaged: it does not tell what the adapter is like") from error


def _named(layers: str | list[str]) -> str:
    return layers if isinstance(layers, str) else ",".join(sorted(layers))


def _taken_over(row: ModelRow, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return what a stage has from the one before unless chosen anew, and that in words.

    The rate belongs to the number of examples that a step learns from, so both are taken over.
    After random weights it is a quarter: at the whole rate the next stage forgets what was learned,
    as was measured on the table of companies in `examples/`.
    """
    before = json.loads(row.hyperparameters_json)
    taken: dict[str, Any] = {}
    words = []
    rate = before.get("learning_rate")
    if rate is not None and "learning_rate" not in given:
        random = row.base_model in scratch.NAMES
        taken["learning_rate"] = rate * _AFTER_RANDOM if random else rate
        origin = f"a quarter of that of {row.name}" if random else f"that of {row.name}"
        words.append(f"learning rate {taken['learning_rate']:g}: {origin}")
    if before.get("packing") or any(name in given for name in (*_STEP, "packing")):
        return taken, words
    step = {name: before[name] for name in _STEP if name in before}
    several = {name: count for name, count in step.items() if count != 1}
    words += [f"{_words(name)} {count}: that of {row.name}" for name, count in several.items()]
    return taken | step, words


def _words(name: str) -> str:
    return name.replace("_", " ")


def _check_shape(row: ModelRow, known: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    for name, value in known.items():
        if name in given and given[name] != value:
            raise RequestError(
                f"{name} is {value} in the adapter {row.name} and cannot be {given[name]}: leave "
                "it out, or begin a new adapter on its base"
            )
