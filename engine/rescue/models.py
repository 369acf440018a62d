"""The fine-tuned models of a service: which it still has, and when they shut down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.providers.hosted import listing
from engine.providers.hosted.reports import Report, moment, text_of
from store.events import ModelGone, ModelRegistered, ModelRetirementAnnounced
from store.ids import id_of
from store.log import Entry
from store.queries import models as queries
from store.queries.hosted import models_at

if TYPE_CHECKING:
    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.rescue.harvest import Harvest

_FINE_TUNED = "ft:"
_CHECKPOINT = ":ckpt-step-"


class Models:
    """Takes in what a service tells of models.

    Args:
        lab: where they are recorded.
        service: whose they are.
        harvest: counts them.
        cause: the seq of the event that led to it.
    """

    def __init__(self, lab: Lab, service: Service, harvest: Harvest, cause: int) -> None:
        self._lab = lab
        self._service = service
        self._harvest = harvest
        self._cause = cause

    async def take(self) -> None:
        """Record models that no job told of, the dates of all, and which are gone.

        Raises:
            ProviderError: if the service does not list its models.
        """
        page = await self._service.read(lambda client: client.models.list())
        reports = {str(report.get("id")): report for report in map(listing.plain, page.data)}
        self._register(reports.values())
        for name, model in models_at(self._lab.database.reader, self._provider).items():
            self._tell(model, reports.get(name), reports)

    @property
    def _provider(self) -> str:
        return self._service.profile.name

    def _register(self, reports: Iterable[Report]) -> None:
        """Record the fine-tuned models that no job here has made."""
        known = models_at(self._lab.database.reader, self._provider)
        for report in reports:
            name = str(report.get("id"))
            if not name.startswith(_FINE_TUNED) or _CHECKPOINT in name:
                continue
            self._harvest.models += 1
            if name in known:
                continue
            model = id_of("mdl", f"{self._service.profile.host}/{name}")
            fact = ModelRegistered(
                id=model,
                name=name,
                kind="hosted",
                base_model=_base_of(name),
                hyperparameters={},
                provider=self._provider,
                remote_id=name,
            )
            self._record(model, Entry(fact, moment(report.get("created")), key="listed"))

    def _tell(self, model: str, report: Report | None, all_reports: dict[str, Report]) -> None:
        """Record when a model shuts down, or that it is gone."""
        row = queries.model(self._lab.database.reader, model)
        if report is None:
            if row.gone_at is None:
                reason = f"{self._provider} does not list it any more"
                self._record(model, Entry(ModelGone(reason=reason)))
            return
        date, base = _date(report), None
        if date is None:
            base = row.base_model
            date = _date(all_reports.get(base, {}))
        self._harvest.retiring[date or "never"] += 1
        if date != row.retires_on:
            self._record(model, Entry(ModelRetirementAnnounced(date=date, base_model=base)))

    def _record(self, model: str, entry: Entry) -> None:
        caused = Entry(entry.fact, entry.occurred, entry.key, self._cause)
        self._harvest.events += len(self._lab.log.append(f"model/{model}", caused))


def _date(report: Report) -> str | None:
    return text_of(report.get("shutdown_date"))


def _base_of(name: str) -> str:
    """Return the base model in a fine-tuned model's name (`ft:BASE:ORGANIZATION:…`)."""
    return name.split(":")[1] if name.count(":") else name
