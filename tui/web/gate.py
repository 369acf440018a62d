"""Who is let in: whoever knows the token, from a page of this server, under a name of this machine.

The token is in the address that is opened first, and nowhere after that: it is moved into a cookie
that no script reads and no other site's page sends along. The name is looked at because a foreign
page may have its own name lead to this machine.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HIDDEN = "Open the address that `ftlab web` printed: it has the key to this page.\n"
_ENTERED = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>ftlab</title>'
    '<meta http-equiv="refresh" content="0;url=/"></head><body></body></html>'
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Gate:
    """Lets requests in, or not.

    Args:
        names: the host names under which the server may be asked, without ports, in lower case.
        addresses: whether any IP address will do beside them: no foreign name leads through one.

    Attributes:
        token: what the first address has to have in it.
    """

    def __init__(self, names: frozenset[str], *, addresses: bool) -> None:
        self.token = secrets.token_urlsafe(32)
        self._pass = secrets.token_urlsafe(32)
        # Cookies are not kept apart by port: two servers must not take each other's away.
        self._cookie = f"ftlab_{secrets.token_hex(4)}"
        self._names = names
        self._addresses = addresses

    @property
    def middleware(self) -> Middleware:
        """What stands before all routes."""

        @web.middleware
        async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
            return await self._guarded(request, handler)

        return guard

    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD") or not self._is_own_name(request):
            return _refused()
        if request.path == "/" and "token" in request.query:
            return self._enter(request)
        if not _same(request.cookies.get(self._cookie, ""), self._pass):
            return _refused()
        return await handler(request)

    def _is_own_name(self, request: web.Request) -> bool:
        """Tell whether the server was asked under a name of its own."""
        name = _host_name(request.headers.get("Host", ""))
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._addresses

    def _enter(self, request: web.Request) -> web.Response:
        """Move the token out of the address.

        A page does that, and no status: after one, a browser that came here by a link of another
        site would still leave out a cookie that is for this site alone.
        """
        if not _same(request.query.getone("token"), self.token):
            return _refused()
        entered = web.Response(text=_ENTERED, content_type="text/html", headers=_HEADERS)
        entered.set_cookie(self._cookie, self._pass, httponly=True, samesite="Strict", path="/")
        return entered


def is_from_here(request: web.Request) -> bool:
    """Tell whether a web socket is opened by a page of this very server."""
    host = request.headers.get("Host", "")
    return bool(host) and request.headers.get("Origin", "") == f"{request.scheme}://{host}"


def protect(response: web.StreamResponse) -> None:
    """Say in the headers what a browser may do with an answer."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _refused() -> web.Response:
    return web.Response(status=403, text=_HIDDEN, headers=_HEADERS)


def _same(said: str, secret: str) -> bool:
    return hmac.compare_digest(said.encode("utf-8", "replace"), secret.encode())


def _host_name(host: str) -> str:
    """Return the name in a Host header, without the port."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
