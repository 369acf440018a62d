"""Whether an action makes sense for a model, and in which words it is refused if not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from store.queries.models import ModelRow
from tui.model_book import ModelItem
from tui.partners import Partner

MOST_COMPARED = 6
"""How many models can stand beside each other."""


def why_gone(row: ModelRow) -> str | None:
    """Return why a model cannot be asked any more; None if it may still be there."""
    if row.gone_at is None:
        return None
    return f"{row.name} is gone since {row.gone_at[:10]}: {row.gone_reason}"


def why_no_files(item: ModelItem) -> str | None:
    """Return why a model of this machine cannot be loaded; None if it may be."""
    if not item.files_gone:
        return None
    return f"the files of {item.row.name} are gone: {item.row.path} is not in the data directory"


def why_not_recreate(row: ModelRow) -> str | None:
    """Return why a model cannot be rebuilt on this machine; None if that may be."""
    if row.kind == "hosted":
        return None
    return f"{row.name} was trained on this machine: in the list of jobs, R repeats its job"


def why_no_base(partner: Partner) -> str | None:
    """Return why there is no base model to talk to; None if there may be one."""
    from engine.base_models import FROM_SCRATCH

    if not partner.model:
        return "which base model that was is not known"
    if not partner.hosted and partner.model in FROM_SCRATCH:
        return f"{partner.name} is made of random weights for each job: it cannot talk yet"
    return None


def out_of_place(
    rows: Sequence[ModelRow],
    bases: Sequence[Partner],
    why_not_asked: Callable[[ModelRow], str | None],
) -> frozenset[str]:
    """Return the ids of the actions that these models could only refuse.

    Args:
        rows: model versions.
        bases: base models.
        why_not_asked: says why a model version cannot be asked.
    """
    found = set()
    asked = [row for row in rows if why_not_asked(row) is None]
    if all(why_gone(row) is not None for row in rows):
        found.add("model.delete")
    if not asked and not any(why_no_base(base) is None for base in bases):
        found |= {"model.talk", "model.evaluate"}
    if not rows:
        found.add("model.tag")
    if not 1 < len(rows) + len(bases) <= MOST_COMPARED:
        found.add("model.compare")
    if len([row for row in rows if why_not_recreate(row) is None]) != 1:
        found.add("model.recreate")
    return frozenset(found)
