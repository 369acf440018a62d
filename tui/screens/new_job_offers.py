"""What the lists of the form of a new job offer: datasets, base models, models made here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine.base_models import EMBEDDED, FROM_SCRATCH
from engine.planning import LOCAL
from store.queries import datasets, jobs, models
from tui.formats import count
from tui.wording import number_of

if TYPE_CHECKING:
    import sqlite3

    from engine.lab import Lab
    from store.queries.datasets import DatasetRow
    from store.queries.models import ModelRow

_LOOKED_AT = 300
"""In how many of the newest jobs base models are looked for."""
_VERSION = "mdl_"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a field can hold, and what is known of it.

    Attributes:
        value: what is written into the field.
        words: what is shown beside it.
        warning: whether that is a warning.
    """

    value: str
    words: str
    warning: bool = False


def dataset_offers(connection: sqlite3.Connection) -> list[Offer]:
    """Return the dataset versions, the newest first; the newest of a name goes by the name."""
    seen: set[str] = set()
    found = []
    for row in datasets.dataset_list(connection):
        value = f"{row.name}@{row.version}" if row.name in seen else row.name
        seen.add(row.name)
        words, warning = _of_dataset(connection, row)
        found.append(Offer(value, words, warning))
    return found


def _of_dataset(connection: sqlite3.Connection, row: DatasetRow) -> tuple[str, bool]:
    kind = "" if row.kind == "chat" else f"{row.kind} "
    words = [f"@{row.version}", f"{count(row.examples)} {kind}examples"]
    if row.tokens is not None:
        words.append(f"{count(row.tokens)} tokens")
    checks = datasets.checks_of(connection, row.id)
    if not checks:
        return " · ".join([*words, "not checked"]), False
    errors, warnings = checks[0].errors, checks[0].warnings
    if errors:
        words.append(f"✗ {number_of(errors, 'error')}")
    elif warnings:
        words.append(f"! {number_of(warnings, 'warning')}")
    else:
        words.append("✓ no findings")
    return " · ".join(words), bool(errors)


def model_offers(connection: sqlite3.Connection) -> list[Offer]:
    """Return the model versions of this machine that a training can go on from."""
    return [
        Offer(row.name, f"{row.kind} on {row.base_model}")
        for row in models.model_list(connection)
        if row.kind in ("full", "adapter") and row.gone_at is None
    ]


def base_model_offers(lab: Lab, provider: str, day: date) -> list[Offer]:
    """Return the base models that are known for a place where jobs run.

    Raises:
        LabError: if what is said of a service or of prices cannot be.
    """
    connection = lab.database.reader
    if provider in ("", LOCAL):
        return _distinct(_here(connection))
    return _distinct(_hosted(lab, provider, day))


def _here(connection: sqlite3.Connection) -> Iterator[Offer]:
    yield Offer(EMBEDDED, "embedded, 135 million weights")
    for name in FROM_SCRATCH:
        yield Offer(name, "made for the job, of random weights")
    for used in _used(connection, LOCAL):
        words = "a folder" if used.startswith(("/", "~", ".")) else "a hub id"
        yield Offer(used, f"{words}, trained here before")


def _hosted(lab: Lab, provider: str, day: date) -> Iterator[Offer]:
    from engine.outlook.service import offers_of

    for offer in offers_of(lab, provider, day):
        until = f" · until {offer.retires}" if offer.retires is not None else ""
        by = ", ".join(offer.methods)
        yield Offer(offer.name, f"${offer.price:,.2f} a million tokens · {by}{until}")
    connection = lab.database.reader
    for row in models.model_list(connection):
        if row.kind == "hosted" and row.provider == provider and row.gone_at is None:
            yield Offer(_called_there(row), f"made of {row.base_model}")
    for used in _used(connection, provider):
        yield Offer(used, "trained there before")


def _called_there(row: ModelRow) -> str:
    return row.remote_id or row.name


def _used(connection: sqlite3.Connection, provider: str) -> Sequence[str]:
    found = jobs.job_list(connection, provider=provider, limit=_LOOKED_AT)
    names = dict.fromkeys(job.base_model for job in found)
    return [name for name in names if name and not name.startswith(_VERSION)]


def _distinct(offers: Iterator[Offer]) -> list[Offer]:
    """Return the first offer of each value."""
    found: dict[str, Offer] = {}
    for offer in offers:
        found.setdefault(offer.value, offer)
    return list(found.values())


def matching(offers: Sequence[Offer], text: str) -> list[Offer]:
    """Return the offers that fit what is written: those that begin so before those that have it."""
    wanted = text.strip().lower()
    begin = [offer for offer in offers if offer.value.lower().startswith(wanted)]
    hold = [offer for offer in offers if wanted in offer.value.lower() and offer not in begin]
    return begin + hold
