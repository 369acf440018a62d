"""Whether an action makes sense for a model, and in which words it is refused if not."""

from __future__ import annotations

from store.queries.models import ModelRow


def why_gone(row: ModelRow) -> str | None:
    """Return why a model cannot be asked any more; None if it may still be there."""
    if row.gone_at is None:
        return None
    return f"{row.name} is gone since {row.gone_at[:10]}: {row.gone_reason}"


def why_not_recreate(row: ModelRow) -> str | None:
    """Return why a model cannot be rebuilt on this machine; None if that may be."""
    if row.kind == "hosted":
        return None
    return f"{row.name} was trained on this machine: `ftlab jobs retry` repeats its job"
