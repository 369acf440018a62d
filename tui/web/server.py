"""The server: the page, the terminal that runs in it, and a process of the app for each tab."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web
from textual_serve.download_manager import DownloadManager
from textual_serve.server import Server

from tui.web.gate import Gate, is_from_here, protect
from tui.web.tab import TOO_MANY, Tab, side

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OWN = Path(__file__).parent / "static"
_THEIRS = Path(textual_serve.__file__).parent / "static"
_HEARTBEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve.

    Attributes:
        host: where to listen.
        port: where to listen; 0 for any free one.
        arguments: what each app is started with.
        most: how many tabs there may be at once.
        remote: whether others than this machine may come in.
    """

    host: str
    port: int
    arguments: Sequence[str]
    most: int
    remote: bool = False


class WebApp:
    """The web application.

    Args:
        serving: how to serve.

    Attributes:
        gate: who is let in.
    """

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        names = LOOPBACK | {serving.host.lower()}
        if serving.remote:
            names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        self.gate = Gate(names, addresses=serving.remote)
        self._downloads = DownloadManager()
        # Of its handlers one is taken, which sends files; it is never served itself.
        self._theirs = Server("ftlab")
        self._theirs.download_manager = self._downloads
        self._tabs: set[web.WebSocketResponse] = set()

    def make(self) -> web.Application:
        """Make the application; every route is behind the gate."""
        app = web.Application(middlewares=[self.gate.middleware])
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/ws", self._tab),
                web.get("/download/{key}", self._theirs.handle_download),
                web.static("/static", _THEIRS),
                web.static("/own", _OWN),
            ]
        )
        app.on_response_prepare.append(_protect)
        app.on_shutdown.append(self._end_tabs)
        return app

    async def _page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(_OWN / "page.html")

    async def _tab(self, request: web.Request) -> web.StreamResponse:
        """Run an app for a tab, for as long as its connection lasts."""
        if not is_from_here(request):
            return web.Response(status=403, text="Only a page of this server may connect.\n")
        connection = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS)
        await connection.prepare(request)
        if len(self._tabs) >= self._serving.most:
            reason = f"there are {self._serving.most} tabs already"
            await connection.close(code=TOO_MANY, message=reason.encode())
            return connection
        self._tabs.add(connection)
        try:
            await self._run(request, connection)
        finally:
            self._tabs.discard(connection)
        return connection

    async def _run(self, request: web.Request, connection: web.WebSocketResponse) -> None:
        async def close(code: int) -> None:
            await connection.close(code=code)

        tab = Tab(
            self._serving.arguments,
            connection.send_bytes,
            connection.send_str,
            close,
            self._downloads,
        )
        width, height = (request.query.get(name) for name in ("width", "height"))
        await tab.start(side(width, 80), side(height, 24))
        try:
            async for message in connection:
                if message.type == WSMsgType.TEXT:
                    await _hear(tab, connection, message.data)
        finally:
            # A page that is loaded anew has a place at once, while the old app still ends.
            self._tabs.discard(connection)
            # Whoever leaves does not cut the end of the app short.
            await asyncio.shield(tab.stop())

    async def _end_tabs(self, _app: web.Application) -> None:
        going = WSCloseCode.GOING_AWAY
        await asyncio.gather(*(tab.close(code=going) for tab in [*self._tabs]))


async def _hear(tab: Tab, connection: web.WebSocketResponse, text: str) -> None:
    """Do what the terminal in the browser says; what it does not mean is left."""
    try:
        said: Any = json.loads(text)
    except ValueError:
        return
    match said:
        case ["stdin", str(typed)]:
            await tab.send_bytes(typed.encode("utf-8", "replace"))
        case ["resize", {"width": width, "height": height}]:
            await tab.set_terminal_size(side(width, 80), side(height, 24))
        case ["ping", mark]:
            await connection.send_json(["pong", mark])
        case ["blur"]:
            await tab.blur()
        case ["focus"]:
            await tab.focus()


async def _protect(_request: web.Request, response: web.StreamResponse) -> None:
    protect(response)


def serve(serving: Serving, started: Callable[[str, str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then end all apps.

    Args:
        serving: how to serve.
        started: told of the address and of the token, when it can be opened.

    Raises:
        OSError: if nobody can listen there.
    """
    # Their words may repeat what was asked for, and with it the token.
    for name in ("aiohttp", "textual-serve"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    asyncio.run(_serve(serving, started))


async def _serve(serving: Serving, started: Callable[[str, str], None]) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    application = WebApp(serving)
    runner = web.AppRunner(application.make(), access_log=None, shutdown_timeout=10.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, serving.host, serving.port).start()
        started(_address(serving.host, runner.addresses[0][1]), application.gate.token)
        await ended.wait()
    finally:
        await runner.cleanup()


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)  # noqa: S104 - it is asked for outright
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"
