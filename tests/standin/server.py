"""Uvicorn in a thread of its own, on a free port of loopback."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
from importlib.util import find_spec
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp, Scope

LOOPBACK = "127.0.0.1"

_KEEP_ALIVE = 600
"""Seconds: a test must never meet a connection that the server has just closed."""
_START = 10.0


class ServerThread:
    """Serves an application while the context lasts. It stops at once, also in mid-answer."""

    def __init__(self, port: int = 0) -> None:
        """Listen on `port`; 0 takes a free one."""
        self._listener = socket.create_server((LOOPBACK, port))
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Where it listens, such as `http://127.0.0.1:4711`."""
        return f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"

    def start(self, app: ASGIApp) -> None:
        """Answer with `app` from now on."""
        server = self._server = _Server(
            uvicorn.Config(
                app,
                # Not "auto": of these two the connections are known to have their client's address.
                http="httptools" if find_spec("httptools") else "h11",
                lifespan="off",
                ws="none",
                log_config=None,
                log_level=logging.ERROR,
                access_log=False,
                date_header=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE,
            )
        )
        self._thread = threading.Thread(
            target=server.run, args=([self._listener],), name="standin", daemon=True
        )
        self._thread.start()
        if not server.up.wait(_START):
            raise RuntimeError("The stand-in's server did not start.")

    def close(self) -> None:
        """Drop all connections and end."""
        if self._server and self._thread:
            self._server.stop()
            self._thread.join()
        self._server = self._thread = None
        self._listener.close()

    def hang_up(self, scope: Scope) -> None:
        """Reset the connection that a request came by (RST, not FIN)."""
        assert self._server is not None
        self._server.reset(tuple(scope["client"]))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Server(uvicorn.Server):
    """A server that waits for a word to stop, not for a tick, and then does not wait at all."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    def stop(self) -> None:
        """End it, from any thread."""
        assert self._loop is not None
        assert self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)

    def reset(self, client: tuple[str, int]) -> None:
        """Reset the connection of a client."""
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == client:
                _send_reset(connection.transport)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self.up.set()
        await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        del sockets
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _send_reset(transport: asyncio.Transport) -> None:
    """Close a connection so that its peer reads "connection reset" and not an end."""
    number = transport.get_extra_info("socket").fileno()
    duplicate = socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM)
    with duplicate:
        linger_none = struct.pack("ii", 1, 0)
        duplicate.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_none)
    transport.abort()
