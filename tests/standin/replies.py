"""An answer before it goes over the wire, and how it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.standin.calls import Call, Json
from tests.standin.errors import ApiError, bad_request

Item = TypeVar("Item")

_DONE = b"data: [DONE]\n\n"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Delivery:
    """How an answer goes over the wire.

    Attributes:
        wait: seconds before its first byte.
        pause: seconds in the middle of its body, and between the events of a stream.
        reset_after: the share of its body after which the connection is reset; None where it is
            not; with 0 not even the status is sent.
    """

    wait: float = 0.0
    pause: float = 0.0
    reset_after: float | None = None


@dataclass
class EventStream:
    """Server-sent events: objects in their order, and whether `[DONE]` ends them."""

    events: list[Json]
    done: bool = True


@dataclass
class Reply:
    """An answer: a JSON object, plain bytes, or a stream of events."""

    payload: Json | bytes | EventStream
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    delivery: Delivery = Delivery()

    def sent(self, parts: list[bytes]) -> list[bytes]:
        """Return those of `parts` that are sent before the connection is reset, if it is."""
        share = self.delivery.reset_after
        if share is None:
            return parts
        streamed = isinstance(self.payload, EventStream)
        return parts[: int(len(parts) * share)] if streamed else parts[:1]

    def parts(self) -> list[bytes]:
        """Return the body in the pieces in which it is sent."""
        if isinstance(self.payload, EventStream):
            return list(_event_lines(self.payload))
        body = self.payload if isinstance(self.payload, bytes) else to_bytes(self.payload)
        if self.delivery.pause or self.delivery.reset_after:
            middle = int(len(body) * (self.delivery.reset_after or 0.5))
            return [body[:middle], body[middle:]]
        return [body]


def to_bytes(value: object) -> bytes:
    """Write JSON as the API does: UTF-8."""
    return _ENCODER.encode(value).encode()


def _event_lines(stream: EventStream) -> Iterator[bytes]:
    for event in stream.events:
        yield b"data: " + to_bytes(event) + b"\n\n"
    if stream.done:
        yield _DONE


def refusal(error: ApiError, headers: Mapping[str, str] | None = None) -> Reply:
    """Return the answer that says no."""
    return Reply(error.body, error.status, headers or {})


def page(
    call: Call,
    items: Sequence[Item],
    to_json: Callable[[Item], Json],
    id_of: Callable[[Item], str],
    *,
    default: int = 20,
    maximum: int = 100,
) -> Reply:
    """Answer with the items after the one that the query names, as many as it asks for.

    Raises:
        ApiError: 400 if the query's limit is out of range or there is no such item.
    """
    limit = int(call.query.get("limit", default))
    if not 1 <= limit <= maximum:
        raise bad_request(
            f"Invalid 'limit': expected a value between 1 and {maximum}, but got {limit} instead.",
            param="limit",
        )
    start = _start(items, call.query.get("after"), id_of)
    shown = [to_json(item) for item in items[start : start + limit]]
    ids = [item["id"] for item in shown]
    return Reply(
        {
            "object": "list",
            "data": shown,
            "first_id": ids[0] if ids else None,
            "last_id": ids[-1] if ids else None,
            "has_more": start + limit < len(items),
        }
    )


def _start(items: Sequence[Item], after: str | None, id_of: Callable[[Item], str]) -> int:
    if after is None:
        return 0
    for place, item in enumerate(items):
        if id_of(item) == after:
            return place + 1
    raise bad_request(f"Invalid 'after': there is no {after} in this list.", param="after")
