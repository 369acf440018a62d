"""The HTTP side: paths, statuses, server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from engine.serve.authorization import OPEN_PATH, KeyGuard
from engine.serve.errors import ApiError, unknown_model
from engine.serve.events import Failed, Finished, Piece, Started, Weighed
from engine.serve.requests import ChatRequest, parse_chat_request, parse_likelihood_request
from engine.serve.responses import (
    CompletionJson,
    Json,
    likelihood_json,
    model_json,
    model_list_json,
)
from engine.serve.settings import ServedModel, ServerSettings
from engine.serve.worker import Answer, Worker

_CLIENT_GONE = 499
"""nginx's status for a client that hung up; it stands in the log only."""


def build_app(settings: ServerSettings) -> Starlette:
    """Return the application that answers for the models of `settings`."""
    api = _Api(settings, Worker())
    return Starlette(
        routes=[
            Route(OPEN_PATH, _health),
            Route("/v1/models", api.list_models),
            Route("/v1/models/{model:path}", api.show_model),
            Route("/v1/chat/completions", api.complete, methods=["POST"]),
            Route("/v1/likelihood", api.weigh, methods=["POST"]),
        ],
        middleware=[Middleware(KeyGuard, key=settings.key)],
        exception_handlers={
            ApiError: _refuse,
            HTTPException: _refuse_http,
            ClientDisconnect: _let_go,
        },
    )


class _Api:
    """The handlers, with the models they answer for."""

    def __init__(self, settings: ServerSettings, worker: Worker) -> None:
        self._models = {served.id: served for served in settings.models}
        self._worker = worker
        self._created = int(time.time())

    async def list_models(self, _: Request) -> Response:
        return JSONResponse(model_list_json(self._models.values(), self._created))

    async def show_model(self, request: Request) -> Response:
        return JSONResponse(model_json(self._served(request.path_params["model"]), self._created))

    async def complete(self, request: Request) -> Response:
        wanted = parse_chat_request(await request.body())
        answer = self._worker.submit(self._served(wanted.model), wanted)
        async with _watched(request, answer):
            # Errors before the first word become a status; after it they can only break the stream.
            first = await answer.next()
            if isinstance(first, Failed):
                raise first.error
            if not isinstance(first, Started):
                return Response(status_code=_CLIENT_GONE)
            if not wanted.stream:
                return await _whole(wanted, answer, first)
        return _AnswerStream(wanted, answer, first)

    async def weigh(self, request: Request) -> Response:
        wanted = parse_likelihood_request(await request.body())
        answer = self._worker.submit(self._served(wanted.model), wanted)
        async with _watched(request, answer):
            told = await answer.next()
        if isinstance(told, Failed):
            raise told.error
        if not isinstance(told, Weighed):
            return Response(status_code=_CLIENT_GONE)
        return JSONResponse(likelihood_json(wanted.model, told))

    def _served(self, model: str) -> ServedModel:
        served = self._models.get(model)
        if served is None:
            raise unknown_model(model)
        return served


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


@asynccontextmanager
async def _watched(request: Request, answer: Answer) -> AsyncIterator[None]:
    """Stop the generation if the client hangs up or the request is given up inside the context."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        answer.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except BaseException:
        answer.cancel()
        raise
    finally:
        watcher.cancel()


def _completion(wanted: ChatRequest) -> CompletionJson:
    return CompletionJson(wanted.model, tells_logprobs=wanted.alternatives is not None)


async def _whole(wanted: ChatRequest, answer: Answer, started: Started) -> Response:
    pieces: list[Piece] = []
    async for event in answer:
        match event:
            case Piece():
                pieces.append(event)
            case Failed(error):
                raise error
            case Finished():
                body = _completion(wanted).whole(pieces, started.prompt_tokens, event)
                return JSONResponse(body)
            case _:
                continue
    raise RuntimeError("an answer ended without an end")


class _AnswerStream(StreamingResponse):
    """An answer as server-sent events; the generation stops when nobody listens any more."""

    def __init__(self, wanted: ChatRequest, answer: Answer, started: Started) -> None:
        self._answer = answer
        super().__init__(
            _server_sent_events(wanted, answer, started),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answer.cancel()


async def _server_sent_events(
    wanted: ChatRequest, answer: Answer, started: Started
) -> AsyncIterator[str]:
    completion = _completion(wanted)
    yield _line(completion.beginning())
    async for event in answer:
        match event:
            case Piece():
                yield _line(completion.piece(event))
            case Failed(error):
                yield _line(error.body())
                return
            case Finished():
                yield _line(completion.ending(event))
                if wanted.wants_usage:
                    cost = completion.usage_chunk(started.prompt_tokens, event.completion_tokens)
                    yield _line(cost)
            case _:
                continue
    yield "data: [DONE]\n\n"


def _line(data: Json) -> str:
    """Write one server-sent event; JSON escapes keep it on one line."""
    return f"data: {json.dumps(data)}\n\n"


async def _let_go(_: Request, __: Exception) -> Response:
    """Answer for a client that hung up while it was sending; nobody reads it."""
    return Response(status_code=_CLIENT_GONE)


async def _refuse(_: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    # A failed model fails again: clients are told not to repeat the request by themselves.
    headers = {"x-should-retry": "false"} if error.status >= 500 else None
    return JSONResponse(error.body(), error.status, headers=headers)


async def _refuse_http(request: Request, error: Exception) -> Response:
    """Answer for an unknown path or method."""
    if not isinstance(error, HTTPException):
        raise error
    refusal = ApiError(error.status_code, f"{request.method} {request.url.path}: {error.detail}.")
    return JSONResponse(refusal.body(), error.status_code, headers=error.headers)
