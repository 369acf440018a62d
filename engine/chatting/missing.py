"""Why a service does not know a model that it is asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from engine.chatting.targets import HostedTarget
from engine.errors import ProviderError
from store.times import from_text

if TYPE_CHECKING:
    from engine.pricing.figures import Catalogue

_YOUNG = timedelta(hours=2)
"""A model that has just been made is not found for a while."""


def explain_missing(
    failure: ProviderError, target: HostedTarget, figures: Catalogue, now: datetime
) -> ProviderError:
    """Return a refusal with what is known of why: the model is shut down, deleted, or too new.

    Args:
        failure: the service's refusal, of the kind `not_found`.
        target: the model.
        figures: what is known of base models.
        now: this moment.
    """
    said = _deleted(target) or _shut_down(target, figures, now.date()) or _too_new(target, now)
    if said is None:
        return failure
    return ProviderError(
        said,
        failure.kind,
        retriable=failure.retriable,
        status=failure.status,
        code=failure.code,
        param=failure.param,
        request_id=failure.request_id,
    )


def _deleted(target: HostedTarget) -> str | None:
    row = target.row
    if row is None or row.gone_at is None or row.gone_reason != "deleted":
        return None
    return f"{target.name} is gone: it was deleted on {row.gone_at[:10]}{_instead(target)}"


def _shut_down(target: HostedTarget, figures: Catalogue, today: date) -> str | None:
    day, source = _retirement(target, figures)
    if day is None or day > today.isoformat():
        return None
    whose = f"with its base model {target.base} " if target.base else ""
    return f"{target.name} is gone: it was shut down {whose}on {day} ({source}){_instead(target)}"


def _retirement(target: HostedTarget, figures: Catalogue) -> tuple[str | None, str]:
    """Return the day on which a model shuts down, and who says so."""
    row, profile = target.row, target.profile
    if row is not None and row.retires_on is not None:
        return row.retires_on, f"says {profile.name}"
    known = figures.get(target.base or target.name) if profile.kind == "openai" else None
    if known is None or known.retires is None:
        return None, ""
    source = known.retires.source
    return known.retires.value.isoformat(), f"{source.title}, {source.date}"


def _too_new(target: HostedTarget, now: datetime) -> str | None:
    row = target.row
    if row is None or now - from_text(row.registered_at) > _YOUNG:
        return None
    return (
        f"{target.profile.name} does not know {target.name} yet: a model that has just been made "
        "answers after a while, ask again in a few minutes"
    )


def _instead(target: HostedTarget) -> str:
    """Say what can still be done: what was recorded of a model is enough to make it anew."""
    if target.row is None:
        return ""
    return f". `ftlab models recreate {target.row.id} --provider local` trains it on this machine"
