"""All that is known beforehand of a training, put together for somebody who fills in a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import LabError
from engine.outlook.data import (
    CheckWanted,
    Findings,
    findings,
    newest_findings,
    wanted_here,
    wanted_there,
)
from engine.outlook.durations import Duration, expected
from engine.outlook.faults import Fault, placed, plain_faults
from engine.outlook.machine import Machine, Need, machine_now, need_of
from engine.outlook.service import Terms, terms_of
from engine.planning import LOCAL
from engine.stages import FROM
from store.errors import StoreError
from store.queries import datasets, models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.lab import Lab
    from engine.planning import Plan, TrainingRequest
    from store.queries.datasets import DatasetRow


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known beforehand of a training.

    Attributes:
        faults: what stands against it.
        dataset: the version that it would train on, if there is one of this name.
        plan: what would be trained; None if something stands against it, or its data has to be
            checked first.
        wanted: the check that tells of its data; None without a dataset.
        findings: what that check found; None if it is still to be made.
        earlier: what the newest other check found, where that check is still to be made.
        duration: how long it will probably take.
        machine: what this machine has left, for a job on this machine.
        need: what the job takes of that, where it is much.
        terms: what the service allows, for a hosted job.
        usual: the method's usual hyperparameters, where no plan tells them.
    """

    faults: tuple[Fault, ...]
    dataset: DatasetRow | None = None
    plan: Plan | None = None
    wanted: CheckWanted | None = None
    findings: Findings | None = None
    earlier: Findings | None = None
    duration: Duration | None = None
    machine: Machine | None = None
    need: Need | None = None
    terms: Terms | None = None
    usual: Mapping[str, Any] = field(default_factory=dict)

    @property
    def waits_for_check(self) -> bool:
        """Whether a plan is only made when the data has been checked."""
        return self.plan is None and not self.faults


def look_ahead(lab: Lab, request: TrainingRequest) -> Outlook:
    """Return what is known of a training, without recording or checking anything.

    A hosted job is planned only once its data has been checked: planning it would check.

    Raises:
        StoreError: if the log cannot be read.
    """
    faults = plain_faults(lab, request)
    about = {fault.part for fault in faults}
    row = None if "dataset" in about else datasets.dataset(lab.database.reader, request.dataset)
    here = request.provider == LOCAL
    terms = None
    if not here and "provider" not in about:
        terms = terms_of(lab, request.provider, request.base_model)
    if row is None:
        wanted = None
    elif here:
        wanted = wanted_here(lab, row.id, _base_model(lab, request))
    else:
        wanted = wanted_there(lab, row.id, request.base_model, request.method)
    found = findings(lab, wanted) if wanted is not None else None
    plan = None
    if not faults and (here or found is not None):
        plan, more = _planned(lab, request)
        faults += more
    elif here:
        faults += _of_settings(request)
    return Outlook(
        faults=tuple(faults),
        dataset=row,
        plan=plan,
        wanted=wanted,
        findings=found,
        earlier=newest_findings(lab, row.id) if row is not None and found is None else None,
        duration=expected(lab.database.reader, plan) if plan is not None else None,
        machine=machine_now(lab) if here and lab.why_not is None else None,
        need=need_of(lab.places, plan) if here and plan is not None else None,
        terms=terms,
        usual=_usual(request) if here and plan is None else {},
    )


def _planned(lab: Lab, request: TrainingRequest) -> tuple[Plan | None, list[Fault]]:
    try:
        return lab.plan(request), []
    except (LabError, StoreError) as error:
        return None, placed(error, request)


def _of_settings(request: TrainingRequest) -> list[Fault]:
    """Return what is wrong with hyperparameters alone, where nothing can be planned yet."""
    from engine.training.automatic import AUTO
    from engine.training.plan import hyperparameters_for

    said = {name: value for name, value in request.hyperparameters.items() if value != AUTO}
    try:
        hyperparameters_for(request.method or "lora", said)
    except LabError as error:
        return placed(error, request)
    return []


def _base_model(lab: Lab, request: TrainingRequest) -> str:
    """Return the base model whose tokenizer counts; empty if it is not settled yet."""
    if FROM not in request.options:
        return request.base_model
    try:
        row = models.model(lab.database.reader, request.options[FROM])
    except StoreError:
        return ""
    return row.id if row.kind == "full" else row.base_model


def _usual(request: TrainingRequest) -> Mapping[str, Any]:
    from engine.training.plan import hyperparameters_for

    method = request.method or "lora"
    try:
        return hyperparameters_for(method, {}).model_dump(mode="json")
    except LabError:
        return {}
