"""What is recorded of the data of a training: findings and tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import base_models
from engine.data.versions.recorded_checks import check_that_holds
from engine.outlook.machine import ready_folder
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.queries.datasets import CheckRow

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class CheckWanted:
    """The check that tells whether a version can be trained with.

    Attributes:
        version: the version's id.
        model: whose tokens are counted; None where that cannot be known before it starts.
        method: what it is checked for; None if each row tells.
        uncounted: why no tokens are counted, if they are not.
    """

    version: str
    model: str | None
    method: str | None
    uncounted: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found.

    Attributes:
        errors: how many.
        warnings: how many.
        rules: the worst of what was found: severity, rule, and how often.
        first: the first errors, in words.
        model: what it was checked for; empty if for no model.
        checked_at: when.
        examples: how many examples were counted.
        tokens: what they come to; None if they were not counted.
        tokenizer: what counted them.
        longest: the most tokens of an example.
    """

    errors: int
    warnings: int
    rules: tuple[tuple[str, str, int], ...]
    first: tuple[str, ...]
    model: str
    checked_at: str
    examples: int
    tokens: int | None
    tokenizer: str | None
    longest: int | None


def wanted_here(lab: Lab, version: str, base_model: str) -> CheckWanted:
    """Return the check that a job on this machine wants.

    Args:
        lab: where the models are.
        version: the dataset version's id.
        base_model: what is trained; empty if that is not settled yet.
    """
    if not base_model:
        return CheckWanted(version, None, None, "no base model is named yet")
    if base_model in base_models.FROM_SCRATCH:
        return CheckWanted(version, None, None, "its tokenizer is made of the data itself")
    if base_model.lower() == base_models.EMBEDDED and ready_folder(lab.places, base_model) is None:
        return CheckWanted(version, None, None, "counted when the model has been made ready")
    folder = lab.places.model(base_model)
    model = str(folder) if (folder / "config.json").is_file() else base_model
    return CheckWanted(version, model, None)


def wanted_there(lab: Lab, version: str, model: str, plan_method: str | None) -> CheckWanted:
    """Return the check that a job at a hosted service wants; its plan looks for the same.

    Args:
        lab: where the version is.
        version: the dataset version's id.
        model: the hosted base model.
        plan_method: the method of the service; None for the usual one.
    """
    from engine.providers.hosted.creation import takes_completions

    row = queries.dataset(lab.database.reader, version)
    is_dpo = row.kind == "preference" if plan_method is None else plan_method == "dpo"
    method = "dpo" if is_dpo else "supervised"
    if takes_completions(lab, model):
        method = "completion"
    return CheckWanted(version, model, method)


def findings(lab: Lab, wanted: CheckWanted) -> Findings | None:
    """Return what the wanted check found; None if it was not made, or would find others now."""
    row = check_that_holds(lab, wanted.version, wanted.model, wanted.method)
    return None if row is None else _findings(row)


def newest_findings(lab: Lab, version: str) -> Findings | None:
    """Return what the newest check of a version found, whatever for; None if there was none."""
    checks = queries.checks_of(lab.database.reader, version)
    return _findings(checks[0]) if checks else None


def _findings(row: CheckRow) -> Findings:
    report: dict[str, Any] = json.loads(row.report_json)
    counted = report.get("tokens") or {}
    total = counted.get("total") or {}
    rules = tuple((each["severity"], each["rule"], each["count"]) for each in report["rules"])
    errors = [found for found in report["findings"] if found["severity"] == "error"]
    return Findings(
        errors=row.errors,
        warnings=row.warnings,
        rules=rules,
        first=tuple(_sentence(found) for found in errors[:_SHOWN]),
        model=row.model,
        checked_at=row.checked_at,
        examples=report["examples"],
        tokens=total.get("total"),
        tokenizer=counted.get("tokenizer"),
        longest=total.get("max"),
    )


def _sentence(found: dict[str, Any]) -> str:
    where = f"row {found['line']}: " if found["line"] is not None else ""
    return f"{where}{found['message']}"
