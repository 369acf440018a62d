"""What can go wrong with a request, for tests to ask for.

A fault is made by one of the functions here and put in by `Standin.inject`, which says for which
requests, from which one on, and how often.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.standin import errors
from tests.standin.calls import Call, Json
from tests.standin.errors import ApiError
from tests.standin.injection import Fault
from tests.standin.replies import Delivery, EventStream, Reply, refusal

BROKEN_CSV = b'step,train_loss\n1,0.5\n"2,0.4\n3\n,,,,\nfour,many,7\n\xff\xfe,1\n'
BROKEN_BASE64 = b"c3RlcCx0cmFpbl9sb3NzCjEsMC41Cg=!!"
EMPTY = b""


def refused(error: ApiError, *, retry_after: float | timedelta | None = None) -> Fault:
    """Refuse with any error; `retry_after` in seconds, or as a timedelta for an HTTP date."""
    return Fault(instead=refusal(error, _retry_after(retry_after)))


def rate_limited(retry_after: float | timedelta | None = None) -> Fault:
    """429, with `Retry-After` in seconds, or as a date where a timedelta from now is given."""
    return refused(errors.rate_limit_reached(), retry_after=retry_after)


def out_of_quota() -> Fault:
    """429 that no waiting helps."""
    return refused(errors.quota_exceeded())


def server_error(status: int = 500, *, retry_after: float | timedelta | None = None) -> Fault:
    """500, 502, 503 or the like."""
    return refused(errors.server_error(status), retry_after=retry_after)


def closed_organization() -> Fault:
    """403 `training_not_available`; `Standin.close_organization` says so to every creation."""
    return refused(errors.training_not_available())


def missing_scope(scope: str) -> Fault:
    """403 for a restricted key."""
    return refused(errors.missing_scope(scope))


def gone() -> Fault:
    """404, as for a file that its owner deleted."""
    return refused(errors.not_found("No such File object.", param="id"))


def not_json(status: int = 502) -> Fault:
    """The page of a gateway in the place of JSON."""
    page = b"<html><body><h1>Bad gateway</h1></body></html>"
    return Fault(instead=Reply(page, status, media_type="text/html"))


def _retry_after(wanted: float | timedelta | None) -> dict[str, str]:
    match wanted:
        case None:
            return {}
        case timedelta():
            moment = datetime.now(UTC) + wanted
            return {"retry-after": format_datetime(moment, usegmt=True)}
        case _:
            return {"retry-after": f"{wanted:g}"}


def reset_before() -> Fault:
    """The connection is reset, and nothing was done."""
    return Fault(instead=Reply({}, delivery=Delivery(reset_after=0)))


def reset_after() -> Fault:
    """What was asked for is done, and the connection is reset before a word of it is said."""
    return Fault(delivery=Delivery(reset_after=0))


def reset_midway(share: float = 0.5) -> Fault:
    """The connection is reset after a share of the answer's body."""
    return Fault(delivery=Delivery(reset_after=share))


def slow(seconds: float) -> Fault:
    """It is done at once, and the answer comes late."""
    return Fault(delivery=Delivery(wait=seconds))


def slow_midway(seconds: float) -> Fault:
    """The answer pauses in the middle of its body; a stream of events between any two."""
    return Fault(delivery=Delivery(pause=seconds))


def truncated(share: float = 0.5) -> Fault:
    """200 with the beginning of the JSON, as if that were all."""

    def cut(_: Call, reply: Reply) -> Reply:
        whole = b"".join(reply.parts())
        return replace(reply, payload=whole[: int(len(whole) * share)])

    return Fault(change=cut)


def content(body: bytes) -> Fault:
    """Other bytes in the place of a file's: BROKEN_CSV, BROKEN_BASE64, EMPTY or any."""
    return Fault(change=lambda _, reply: replace(reply, payload=body))


def items_changed(change: Callable[[Json], Json]) -> Fault:
    """Every object of the answer (the items of a page, else the one) goes through `change`."""

    def apply(_: Call, reply: Reply) -> Reply:
        if not isinstance(reply.payload, dict):
            return reply
        if "data" in reply.payload:
            items = [change(item) for item in reply.payload["data"]]
            return replace(reply, payload=reply.payload | {"data": items})
        return replace(reply, payload=change(reply.payload))

    return Fault(change=apply)


def with_fields(**fields: Any) -> Fault:  # noqa: ANN401 - any JSON
    """Every object of the answer has these fields, in the place of its own or beside them."""
    return items_changed(lambda item: item | fields)


def said_oddly(fields: Json) -> Fault:
    """The same with what is no proper JSON: NaN, halves of surrogate pairs."""

    def write(_: Call, reply: Reply) -> Reply:
        payload = json.loads(b"".join(reply.parts()))
        for item in payload.get("data", [payload]):
            item.update(fields)
        return replace(reply, payload=json.dumps(payload).encode())

    return Fault(change=write)


def unknown_words() -> Fault:
    """Statuses, types and levels that nobody published, and fields of all kinds."""
    strange = {"status": "reticulating", "type": "prophecy", "level": "notice"}
    beside = {"surprise": {"depth": [1, 2, {"x": None}]}, "ünïcode": "🦊", "number": 1.5e300}
    return items_changed(
        lambda item: item | {k: v for k, v in strange.items() if k in item} | beside
    )


def items_repeated(count: int = 1) -> Fault:
    """Each page begins with the last `count` items of the page before it."""
    last: list[Json] = []

    def repeat(call: Call, items: list[Json]) -> list[Json]:
        before = list(last) if "after" in call.query else []
        last[:] = items[-count:]
        return before + items

    return _on_pages(repeat)


def items_reordered(seed: int = 0) -> Fault:
    """A page comes in another order; its last item stays, because the next page begins there."""

    def shuffle(_: Call, items: list[Json]) -> list[Json]:
        first, last = items[:-1], items[-1:]
        random.Random(seed).shuffle(first)  # noqa: S311 - the same disorder in every run
        return first + last

    return _on_pages(shuffle)


def items_left_out(leave_out: Callable[[int, Json], bool]) -> Fault:
    """A page lacks the items of which `leave_out(place, item)` is true; later ones have them."""

    def leave(_: Call, items: list[Json]) -> list[Json]:
        return [item for place, item in enumerate(items) if not leave_out(place, item)]

    return _on_pages(leave)


def _on_pages(change: Callable[[Call, list[Json]], list[Json]]) -> Fault:
    """Return the fault that changes the items of a page, and nothing else."""

    def apply(call: Call, reply: Reply) -> Reply:
        if not isinstance(reply.payload, dict) or "data" not in reply.payload:
            return reply
        items = change(call, list(reply.payload["data"]))
        return replace(reply, payload=reply.payload | {"data": items})

    return Fault(change=apply)


def stream_broken(after: int = 3, *, error: ApiError | None = None) -> Fault:
    """A stream ends after that many events: with an error event, else by saying nothing more."""

    def break_off(_: Call, reply: Reply) -> Reply:
        if not isinstance(reply.payload, EventStream):
            return reply
        events = reply.payload.events[:after] + ([error.body] if error else [])
        return replace(reply, payload=EventStream(events, done=False))

    return Fault(change=break_off)


def stream_reset(after: int = 3) -> Fault:
    """The connection is reset after that many events of a stream."""
    return replace(stream_broken(after), delivery=Delivery(reset_after=1))
