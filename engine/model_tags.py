"""Giving tags to models, moving them from one to another, and taking them away: each with why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from engine.errors import RequestError
from store.errors import StreamConflictError
from store.queries.model_tags import Holder, holders
from store.queries.models import ModelRow, model

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import Fact, TagComparison
    from store.log import Write

LONGEST = 64
"""How many characters a tag has at most."""

LONGEST_REASON = 1000
"""How many characters a reason has at most."""

_NAMED = 4
"""How many of the models that have a tag are named."""

_TAG = re.compile(rf"[^\W_][\w./-]{{0,{LONGEST - 1}}}")

Others = Literal["keep", "lose", "only one loses"]
"""What becomes of a tag that other models have when one is given it: they keep it, they lose it, or
it moves if no more than one has it and is refused otherwise."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a tag is given or taken away.

    Attributes:
        reason: in a person's words.
        because: the comparisons that speak for it; see `engine.tag_grounds`.
    """

    reason: str | None = None
    because: tuple[TagComparison, ...] = ()


NO_REASON = Why()


@dataclass(frozen=True, slots=True)
class Moved:
    """A tag that a model lost to another one."""

    tag: str
    model: str
    name: str


@dataclass(frozen=True, slots=True)
class Tagging:
    """What became of a model's tags.

    Attributes:
        model: the model's id.
        name: its name.
        changed: the tags that it got, or lost.
        unchanged: those that it had, or had not, before.
        tags: all that it has now.
        moved: which models lost one of them to it.
        explained: those that it had before, for which a reason was recorded now.
    """

    model: str
    name: str
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    tags: tuple[str, ...]
    moved: tuple[Moved, ...] = ()
    explained: tuple[str, ...] = ()


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


def checked_reason(reason: str | None) -> str | None:
    """Return a reason without the spaces around it; None if nothing is left.

    Raises:
        RequestError: if it is too long to be read beside a tag.
    """
    words = (reason or "").strip()
    if len(words) > LONGEST_REASON:
        raise RequestError(
            f"the reason has {len(words):,} characters: say it in {LONGEST_REASON:,} at most"
        )
    return words or None


def tag_model(
    lab: Lab,
    reference: str,
    tags: Sequence[str],
    *,
    others: Others = "keep",
    why: Why = NO_REASON,
) -> Tagging:
    """Give a model tags; those that it has already are not recorded again, unless to say why.

    Args:
        lab: where the model is.
        reference: the model's name, id, beginning or a tag that it alone has.
        tags: what it is given.
        others: what becomes of these tags of other models; all of it is recorded at once.
        why: why it is given them.

    Raises:
        NotFoundError: if there is no such model.
        RequestError: if one of them could not be a tag, or several models have one that should
            move.
    """
    from store.events import ModelTagged

    for tag in tags:
        check_tag(tag)
    reason = checked_reason(why.reason)
    explained = reason is not None or bool(why.because)
    wanted = tuple(dict.fromkeys(tags))

    def change(row: ModelRow) -> _Change:
        losing = {tag: _losing(lab, row, tag, others) for tag in wanted}
        changed = tuple(tag for tag in wanted if tag not in row.tags)
        again = tuple(tag for tag in wanted if tag in row.tags and (losing[tag] or explained))
        facts = [
            ModelTagged(
                tag=tag,
                reason=reason,
                moved_from=[each.model for each in losing[tag]],
                because=list(why.because),
            )
            for tag in wanted
            if tag in changed or tag in again
        ]
        return _Change(changed, facts, again, losing, reason)

    return _recorded(lab, reference, wanted, change)


def untag_model(
    lab: Lab, reference: str, tags: Sequence[str], reason: str | None = None
) -> Tagging:
    """Take tags from a model, as far as it has them.

    Raises:
        NotFoundError: if there is no such model.
        RequestError: if the reason is too long.
    """
    from store.events import ModelUntagged

    words = checked_reason(reason)
    wanted = tuple(dict.fromkeys(tags))

    def change(row: ModelRow) -> _Change:
        changed = tuple(tag for tag in wanted if tag in row.tags)
        return _Change(changed, [ModelUntagged(tag=tag, reason=words) for tag in changed])

    return _recorded(lab, reference, wanted, change)


@dataclass(frozen=True, slots=True)
class _Change:
    """What is to be recorded of a model's tags.

    Attributes:
        changed: the tags that it gets or loses.
        facts: what is recorded of it.
        again: the tags that it has already, and that are recorded all the same.
        losing: who loses each tag to it.
        reason: why, for those who lose one.
    """

    changed: tuple[str, ...]
    facts: Sequence[Fact]
    again: tuple[str, ...] = ()
    losing: Mapping[str, Sequence[Holder]] = field(default_factory=dict)
    reason: str | None = None


def _losing(lab: Lab, row: ModelRow, tag: str, others: Others) -> Sequence[Holder]:
    """Return the models that lose a tag when this one gets it.

    Raises:
        RequestError: if somebody has to say whether they do.
    """
    if others == "keep":
        return ()
    found = [each for each in holders(lab.database.reader, tag) if each.model != row.id]
    living = [each for each in found if not each.gone]
    if others == "only one loses" and len(living) > 1:
        names = ", ".join(each.name for each in living[:_NAMED])
        more = f" and {len(living) - _NAMED} more" if len(living) > _NAMED else ""
        raise RequestError(
            f"{len(living)} other models are tagged {tag}: {names}{more}. --move takes it from all "
            "of them, --share lets them keep it"
        )
    return found


def _recorded(
    lab: Lab, reference: str, wanted: Sequence[str], change: Callable[[ModelRow], _Change]
) -> Tagging:
    """Record a change; if anybody else was faster, find out anew what it would be."""
    while True:
        reader = lab.database.reader
        found = model(reader, reference).id
        # Asked for before the tags are: whatever is recorded in between is a conflict.
        version = lab.log.version(f"model/{found}")
        row = model(reader, found)
        made = change(row)
        try:
            if made.facts:
                lab.log.append_all(_writes(lab, row, version, made))
        except StreamConflictError:
            continue
        touched = (*made.changed, *made.again)
        moved = [
            Moved(tag, each.model, each.name)
            for tag, losing in made.losing.items()
            for each in losing
        ]
        unchanged = tuple(tag for tag in wanted if tag not in touched)
        now = model(reader, row.id).tags
        return Tagging(row.id, row.name, made.changed, unchanged, now, tuple(moved), made.again)


def _writes(lab: Lab, row: ModelRow, version: int, made: _Change) -> list[Write]:
    """Return what is recorded of the model, and after it, caused by it, of those who lose a tag.

    Raises:
        StreamConflictError: if one of them was given or has lost a tag meanwhile.
    """
    from store.events import ModelUntagged
    from store.log import FIRST_OF_ALL, Entry, Write

    lost: dict[str, list[str]] = {}
    for tag, losing in made.losing.items():
        for holder in losing:
            lost.setdefault(holder.model, []).append(tag)
    writes = [Write(f"model/{row.id}", made.facts, version)]
    for other, tags in lost.items():
        known = lab.log.version(f"model/{other}")
        if not set(tags) <= set(model(lab.database.reader, other).tags):
            raise StreamConflictError(f"model/{other}", known, known)
        facts = [ModelUntagged(tag=tag, reason=made.reason, moved_to=row.id) for tag in tags]
        entries = [Entry(fact, cause=FIRST_OF_ALL) for fact in facts]
        writes.append(Write(f"model/{other}", entries, known))
    return writes
