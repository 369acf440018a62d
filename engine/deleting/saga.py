"""The steps of a deletion: recorded as asked for, done, recorded as done.

A request that a killed process left open is taken up by whoever deletes the same thing again: what
it had done already is found out by looking, not by doing it once more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.deleting.turns import turn
from store.errors import StreamConflictError
from store.events import (
    Fact,
    ModelDeleted,
    ModelDeletionRequested,
    ModelGone,
    RemoteFileDeleted,
    RemoteFileDeletionRequested,
    RemoteFileGone,
)
from store.log import Entry

if TYPE_CHECKING:
    from engine.lab import Lab

_REQUESTS = frozenset({RemoteFileDeletionRequested.type_name, ModelDeletionRequested.type_name})
_ENDS = frozenset(
    fact.type_name for fact in (RemoteFileDeleted, RemoteFileGone, ModelDeleted, ModelGone)
)

Outcome = Literal["deleted", "gone", "gone before"]


@dataclass(frozen=True, slots=True)
class Deletion:
    """How a thing is deleted.

    Attributes:
        stream: the thing's.
        request: what records that somebody asked for it.
        deleted: what records that it was done.
        gone: makes of a reason what records that it was not there any more.
        check: sees that nothing needs the thing; raises if something does.
        act: deletes it and returns None, or the reason why there was nothing to delete; told
            whether it was asked for before, so that it may be done already.
    """

    stream: str
    request: Fact
    deleted: Fact
    gone: Callable[[str], Fact]
    check: Callable[[], None]
    act: Callable[[bool], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a deletion ended.

    Attributes:
        name: of the thing.
        outcome: `deleted`; `gone` if it was found not to be there any more, `gone before` if that
            was known.
        reason: why it was gone.
    """

    name: str
    outcome: Outcome
    reason: str | None = None


class Standing(NamedTuple):
    """How far a thing's deletion has come.

    Attributes:
        version: of its stream.
        asked: the seq of the request that is still open, if there is one.
        ended: whether it is not there any more.
    """

    version: int
    asked: int | None
    ended: bool


def standing(lab: Lab, stream: str) -> Standing:
    """Return how far the deletion of a stream's thing has come."""
    version, asked, ended = 0, None, False
    for event in lab.log.read(stream=stream):
        version = event.version
        if event.type in _REQUESTS:
            asked, ended = event.seq, False
        elif event.type in _ENDS:
            asked, ended = None, True
    return Standing(version, asked, ended)


async def carry_out(lab: Lab, name: str, deletion: Deletion) -> Ended:
    """Delete a thing, or go on with that where it was broken off.

    Raises:
        StillNeededError: if something needs it.
        ProviderError: if its service refuses it, or it is not known what it did: the next call goes
            on from there.
    """
    async with turn(lab, deletion.stream):
        asked = _asked(lab, deletion)
        if asked is None:
            return Ended(name, "gone before")
        # A job that began while the request was recorded has not seen it.
        deletion.check()
        reason = await deletion.act(asked.before)
        fact = deletion.deleted if reason is None else deletion.gone(reason)
        lab.log.append(deletion.stream, Entry(fact, cause=asked.seq))
    return Ended(name, "deleted" if reason is None else "gone", reason)


class _Asked(NamedTuple):
    """The open request for a deletion, and whether it was there before."""

    seq: int
    before: bool


def _asked(lab: Lab, deletion: Deletion) -> _Asked | None:
    """Return the open request, recorded now if there was none; None if the thing is gone."""
    while True:
        now = standing(lab, deletion.stream)
        if now.ended:
            return None
        if now.asked is not None:
            return _Asked(now.asked, before=True)
        deletion.check()
        try:
            [event] = lab.log.append(deletion.stream, deletion.request, expected=now.version)
        except StreamConflictError:
            continue  # A rescue, perhaps, has just found it gone.
        return _Asked(event.seq, before=False)
