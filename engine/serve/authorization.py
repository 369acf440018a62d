"""Every path asks for the server's key, except the one that says that it is up."""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.serve.errors import wrong_key

OPEN_PATH = "/health"


class KeyGuard:
    """ASGI middleware that lets a request through only with `Authorization: Bearer KEY`."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 401."""
        if scope["type"] != "http" or scope["path"] == OPEN_PATH or self._knows_key(scope):
            await self._app(scope, receive, send)
            return
        refusal = wrong_key()
        response = JSONResponse(
            refusal.body(), refusal.status, headers={"WWW-Authenticate": "Bearer"}
        )
        await response(scope, receive, send)

    def _knows_key(self, scope: Scope) -> bool:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        # Compared in constant time, so that the time of a refusal tells nothing about the key.
        return secrets.compare_digest(given.strip().encode(), self._key) and (
            scheme.lower() == "bearer"
        )
