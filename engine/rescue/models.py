"""The fine-tuned models of a service: which it still has, and when they shut down."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from engine.errors import ProviderError
from engine.providers.hosted import listing
from engine.providers.hosted.reports import Report, moment, text_of
from engine.rescue.harvest import UNANNOUNCED
from engine.rescue.retirement import Days
from store.errors import StreamConflictError
from store.events import ModelGone, ModelRegistered, ModelRetirementAnnounced
from store.ids import id_of
from store.log import Entry
from store.queries import models as queries
from store.queries.hosted import models_at

if TYPE_CHECKING:
    from engine.rescue.run import Run

FINE_TUNED = "ft:"
"""What begins the names of fine-tuned models."""

_CHECKPOINT = ":ckpt-step-"


class Models:
    """Takes in what a service tells of models.

    Args:
        run: the rescue that this is part of.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._reader = run.lab.database.reader

    async def take(self) -> None:
        """Record models that no job told of, the dates of all, and which are gone.

        Raises:
            ProviderError: if the service does not list its models.
        """
        page = await self._run.service.read(lambda client: client.models.list())
        plain = map(listing.plain, page.data or [])
        reports = {name: report for report in plain if (name := text_of(report.get("id")))}
        self._register(reports)
        there = models_at(self._reader, self._run.provider)
        await asyncio.gather(*(self._tell(there[name], name, reports) for name in there))

    def count(self) -> None:
        """Count the models that are there and those that are gone, and when which shut down."""
        harvest, days = self._run.harvest, Days(self._run.lab)
        for model in models_at(self._reader, self._run.provider).values():
            row = queries.model(self._reader, model)
            if row.gone_at is not None:
                harvest.models_gone += 1
                continue
            harvest.models += 1
            harvest.retiring[days.of(row).day or UNANNOUNCED] += 1

    def _register(self, reports: Mapping[str, Report]) -> None:
        """Record the fine-tuned models that no job here has made."""
        # Another profile of the same account may have told of it before.
        known = {row.remote_id for row in queries.model_list(self._reader)}
        for name, report in reports.items():
            if name in known or not name.startswith(FINE_TUNED) or _CHECKPOINT in name:
                continue
            model = id_of("mdl", f"{self._run.service.profile.host}/{name}")
            fact = ModelRegistered(
                id=model,
                name=name,
                kind="hosted",
                base_model=_base_of(name),
                hyperparameters={},
                provider=self._run.provider,
                remote_id=name,
            )
            self._record(model, Entry(fact, moment(report.get("created")), key="listed"))

    async def _tell(self, model: str, name: str, reports: Mapping[str, Report]) -> None:
        """Record when a model shuts down, or that it is gone, unless somebody else just did."""
        version = self._run.lab.log.version(f"model/{model}")
        row = queries.model(self._reader, model)
        if row.gone_at is not None:
            return
        with self._run.harvest.noting(name), suppress(StreamConflictError):
            report = reports.get(name) or await self._asked(name)
            if report is None:
                reason = f"{self._run.provider} does not have it any more"
                self._record(model, Entry(ModelGone(reason=reason), key="gone"), version)
                return
            date, base = text_of(report.get("shutdown_date")), None
            if date is None:
                base = _base_of(row.base_model)
                date = text_of(reports.get(base, {}).get("shutdown_date"))
            if date != row.retires_on:
                told = Entry(ModelRetirementAnnounced(date=date, base_model=base))
                self._record(model, told, version)

    async def _asked(self, name: str) -> Report | None:
        """Ask for a model that is not in the list: lists leave out what a key may not use."""
        try:
            found = await self._run.service.read(lambda client: client.models.retrieve(name))
        except ProviderError as error:
            if error.kind == "not_found":
                return None
            raise
        return listing.plain(found)

    def _record(self, model: str, entry: Entry, expected: int | None = None) -> None:
        self._run.record(f"model/{model}", entry, expected=expected)


def _base_of(name: str) -> str:
    """Return the base model in a fine-tuned model's name (`ft:BASE:ORGANIZATION:…`), else it."""
    return name.split(":")[1] if name.startswith(FINE_TUNED) else name
