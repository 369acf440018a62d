"""Giving tags to models, and taking them away."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import RequestError
from store.errors import StreamConflictError
from store.queries.models import model

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import Fact

LONGEST = 64
"""How many characters a tag has at most."""

_TAG = re.compile(rf"[^\W_][\w./-]{{0,{LONGEST - 1}}}")


@dataclass(frozen=True, slots=True)
class Tagging:
    """What became of a model's tags.

    Attributes:
        model: the model's id.
        name: its name.
        changed: the tags that it got, or lost.
        unchanged: those that it had, or had not, before.
        tags: all that it has now.
    """

    model: str
    name: str
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    tags: tuple[str, ...]


def check_tag(tag: str) -> str:
    """Return a tag as it is.

    Raises:
        RequestError: if it could not be one.
    """
    if _TAG.fullmatch(tag) is None:
        raise RequestError(
            f"{tag!r} cannot be a tag: it begins with a letter or digit and has letters, digits "
            f"and . - _ / in it, {LONGEST} at most"
        )
    return tag


def tag_model(lab: Lab, reference: str, tags: Sequence[str]) -> Tagging:
    """Give a model tags; those that it has already are not recorded again.

    Raises:
        NotFoundError: if there is no such model.
        RequestError: if one of them could not be a tag.
    """
    from store.events import ModelTagged

    for tag in tags:
        check_tag(tag)
    return _change(lab, reference, tags, lambda tag: ModelTagged(tag=tag), given=True)


def untag_model(lab: Lab, reference: str, tags: Sequence[str]) -> Tagging:
    """Take tags from a model, as far as it has them.

    Raises:
        NotFoundError: if there is no such model.
    """
    from store.events import ModelUntagged

    return _change(lab, reference, tags, lambda tag: ModelUntagged(tag=tag), given=False)


def _change(
    lab: Lab, reference: str, tags: Sequence[str], fact: Callable[[str], Fact], *, given: bool
) -> Tagging:
    wanted = list(dict.fromkeys(tags))
    while True:
        found = model(lab.database.reader, reference).id
        # Asked for before the tags are: whatever is recorded in between is a conflict.
        version = lab.log.version(f"model/{found}")
        row = model(lab.database.reader, found)
        changed = [tag for tag in wanted if (tag in row.tags) != given]
        try:
            if changed:
                lab.log.append(f"model/{row.id}", *map(fact, changed), expected=version)
        except StreamConflictError:
            continue
        unchanged = tuple(tag for tag in wanted if tag not in changed)
        now = model(lab.database.reader, row.id).tags
        return Tagging(row.id, row.name, tuple(changed), unchanged, now)
