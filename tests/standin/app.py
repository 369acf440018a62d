"""The HTTP side: from bytes to a call, from the call's reply to bytes."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from tests.standin.authorization import authorize
from tests.standin.calls import Call, Exchange, Flavour, read_body, read_query
from tests.standin.endpoints import Endpoint, endpoints
from tests.standin.errors import ApiError, bad_request, not_found
from tests.standin.injection import Fault, Injection
from tests.standin.prompts import FIELDS
from tests.standin.record import Record
from tests.standin.replies import EventStream, Reply, refusal
from tests.standin.state import State
from tests.standin.validation import problems_of

HangUp = Callable[[Scope], None]
"""Resets the connection of a request."""

COUNTS_PATH = "/_counts"
"""Where a stand-in that runs as a process tells what it was asked so far; no part of the API."""

_PREFIXES: tuple[tuple[str, Flavour], ...] = (
    ("/v1", "openai"),
    ("/openai/v1", "azure"),
    ("/openai", "azure"),
)
_CLASSIC_AZURE = "/openai"
_DEPLOYMENT = re.compile(r"/deployments/[^/]+(?=/)")
"""What classic Azure puts before the paths of models; the body names the model as well."""

_NO_ENDPOINT = "there is no such endpoint"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class App:
    """The ASGI application."""

    def __init__(self, state: State, record: Record, hang_up: HangUp) -> None:
        """Answer from `state` and keep what comes in `record`."""
        self.injections: list[Injection] = []
        self._state = state
        self._record = record
        self._hang_up = hang_up
        self._numbers = itertools.count(1)
        nowhere = [Endpoint(method, "/{path:path}", _nothing_here, None) for method in _METHODS]
        served = [*endpoints(state), *nowhere]
        self._router = Router([self._route(endpoint) for endpoint in served])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        if path == COUNTS_PATH:
            await JSONResponse(self._counts())(scope, receive, send)
            return
        await self._router({**scope, **_without_prefix(path)}, receive, send)

    def _route(self, endpoint: Endpoint) -> Route:
        # A class, because Starlette takes a function's result for a response and these send it.
        return Route(endpoint.path, _Handler(self, endpoint), methods=[endpoint.method])

    async def serve(self, endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for an endpoint."""
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        call = _read_call(request, endpoint, body)
        with self._state.lock:
            exchange = self._record.begin(call)
            fault = self._fault_for(call)
            reply = self._reply(call, endpoint, exchange, fault)
        if reply.delivery.reset_after != 0:
            exchange.status = reply.status
        await self._deliver(reply, scope, receive, send)

    def _fault_for(self, call: Call) -> Fault:
        """Return the fault of the first injection that is for this request."""
        taken = (injection.take(call) for injection in self.injections)
        return next((fault for fault in taken if fault), Fault())

    def _reply(self, call: Call, endpoint: Endpoint, exchange: Exchange, fault: Fault) -> Reply:
        # Also where a fault takes the place of the action: no request is to be wrong.
        known = self._published(call)
        problems = problems_of(known, endpoint.shape) if endpoint.shape else [_NO_ENDPOINT]
        self._record.blame(call, problems)
        if fault.instead:
            reply = fault.instead
        else:
            try:
                reply = self._act(call, endpoint, problems)
                exchange.acted = True
            except ApiError as error:
                reply = refusal(error)
        return fault.spoil(call, reply)

    def _published(self, call: Call) -> Call:
        """Return a request without what services like this one take beside what is published."""
        if call.json is None or self._state.behaviour.prompt_logprobs is None:
            return call
        published = {name: value for name, value in call.json.items() if name not in FIELDS}
        return replace(call, json=published)

    def _act(self, call: Call, endpoint: Endpoint, problems: list[str]) -> Reply:
        authorize(call, self._state)
        if endpoint.shape and problems:
            raise bad_request(f"Invalid request: {problems[0]}")
        return endpoint.action(call)

    async def _deliver(self, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
        delivery = reply.delivery
        await _sleep(delivery.wait)
        if delivery.reset_after == 0:
            await self._reset(scope, receive)
            return
        parts = reply.parts()
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": self._headers(reply, parts),
            }
        )
        for number, part in enumerate(reply.sent(parts)):
            await _sleep(delivery.pause if number else 0)
            await send({"type": "http.response.body", "body": part, "more_body": True})
        if delivery.reset_after is not None:
            await self._reset(scope, receive)
            return
        await send({"type": "http.response.body", "body": b""})

    async def _reset(self, scope: Scope, receive: Receive) -> None:
        self._hang_up(scope)
        # Until the server knows that there is nobody left to send an error to.
        while (await receive())["type"] != "http.disconnect":
            pass

    def _headers(self, reply: Reply, parts: list[bytes]) -> list[tuple[bytes, bytes]]:
        now = time.time() + self._state.behaviour.clock_skew
        headers = {
            "content-type": reply.media_type,
            "date": formatdate(now, usegmt=True),
            "openai-organization": self._state.organization_name,
            "openai-version": "2020-10-01",
            "x-request-id": f"req_{next(self._numbers):032x}",
            **reply.headers,
        }
        if not isinstance(reply.payload, EventStream):
            headers["content-length"] = str(sum(map(len, parts)))
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    def _counts(self) -> dict[str, object]:
        with self._state.lock:
            asked = Counter(f"{one.method} {one.endpoint}" for one in self._record.requests)
            return {
                "requests": len(self._record.requests),
                "endpoints": dict(asked),
                "violations": self._record.violations,
            }


class _Handler:
    def __init__(self, app: App, endpoint: Endpoint) -> None:
        self._app = app
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app.serve(self._endpoint, scope, receive, send)


def _nothing_here(call: Call) -> Reply:
    raise not_found(f"Invalid URL ({call.method} {call.path})", code="unknown_url")


def _without_prefix(path: str) -> dict[str, str]:
    """Return the path of the API itself, the prefix before it, and whose that is."""
    for prefix, flavour in _PREFIXES:
        if path.startswith(f"{prefix}/"):
            inner = path.removeprefix(prefix)
            if prefix == _CLASSIC_AZURE:
                inner = _DEPLOYMENT.sub("", inner, count=1)
            return {"path": inner, "prefix": prefix, "flavour": flavour}
    return {"path": path, "prefix": "", "flavour": "openai"}


def _read_call(request: Request, endpoint: Endpoint, body: bytes) -> Call:
    call = Call(
        method=request.method,
        path=request.scope["path"],
        endpoint=endpoint.path.replace(":path", "") if endpoint.shape else "",
        parameters=request.path_params,
        query=read_query(request.scope["query_string"]),
        headers=request.headers,
        flavour=request.scope["flavour"],
    )
    read_body(call, body)
    version = call.query.pop("api-version", None) if call.flavour == "azure" else None
    if request.scope["prefix"] == _CLASSIC_AZURE and version is None:
        call.problem = "the query has no api-version"
    return call


async def _sleep(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)
