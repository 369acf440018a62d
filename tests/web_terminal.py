"""`ftlab web` as a browser meets it, without a browser: its address, and a tab's connection."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import pyte

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_SECONDS = 60.0
_AGAIN_SECONDS = 3.0
_BINARY_SEQUENCES = re.compile(rb"\x1b\]52;[^\x07]*\x07")


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes:
        process: the command.
        address: of the page, without a token.
        token: what lets in.
    """

    process: subprocess.Popen[str]
    address: str
    token: str

    @property
    def entrance(self) -> str:
        """The address that the command printed."""
        return f"{self.address}?token={self.token}"

    @property
    def origin(self) -> str:
        return self.address.rstrip("/")

    def end(self, number: int = signal.SIGINT) -> tuple[str, str]:
        """Send a signal and return what the command printed after its first line."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=_SECONDS)


@contextmanager
def served(ftlab: Ftlab, *arguments: str) -> Iterator[Served]:
    """Have `ftlab web` run on a free port while the block does."""
    with ftlab.running("web", "--port", "0", *arguments) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate(timeout=_SECONDS)[1]
        address, _, token = line.strip().partition("?token=")
        yield Served(process, address, token)


class Screen:
    """The screen of a terminal, drawn from what it is sent."""

    def __init__(self, columns: int, lines: int) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)

    def feed(self, data: bytes) -> None:
        self._stream.feed(_BINARY_SEQUENCES.sub(b"", data))

    def resize(self, columns: int, lines: int) -> None:
        self._screen.resize(lines, columns)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)


class Tab:
    """A tab's connection, and the terminal in it."""

    def __init__(
        self, connection: aiohttp.ClientWebSocketResponse, columns: int, lines: int
    ) -> None:
        self.connection = connection
        self.screen = Screen(columns, lines)
        self.sent = b""

    async def press(self, keys: str) -> None:
        await self.connection.send_json(["stdin", keys])

    async def resize(self, columns: int, lines: int) -> None:
        self.screen.resize(columns, lines)
        await self.connection.send_json(["resize", {"width": columns, "height": lines}])

    async def until_shown(self, *texts: str) -> str:
        """Wait until all of the texts are on the screen; return it."""
        async with asyncio.timeout(_SECONDS):
            while not all(text in self.screen.text() for text in texts):
                assert await self.take(), f"it ended:\n{self.screen.text()}"
        return self.screen.text()

    async def press_until_sent(self, keys: str, wanted: re.Pattern[bytes]) -> bytes:
        """Press keys again and again until something comes that no screen shows; return it."""

        async def pressing() -> None:
            while True:
                await self.press(keys)
                await asyncio.sleep(_AGAIN_SECONDS)

        again = asyncio.create_task(pressing())
        try:
            async with asyncio.timeout(_SECONDS):
                while (found := wanted.search(self.sent)) is None:
                    assert await self.take(), f"it ended:\n{self.screen.text()}"
                return found[1]
        finally:
            again.cancel()

    async def until_gone(self, text: str) -> None:
        """Wait until a text is on the screen no more."""
        async with asyncio.timeout(_SECONDS):
            while text in self.screen.text():
                assert await self.take(), f"it ended:\n{self.screen.text()}"

    async def take(self) -> bool:
        """Take in one message; False if there is none any more."""
        message = await self.connection.receive()
        if message.type == aiohttp.WSMsgType.BINARY:
            self.sent += message.data
            self.screen.feed(message.data)
        return message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)

    async def until_ended(self) -> int | None:
        """Wait for the end; return the code with which the server closed."""
        async with asyncio.timeout(_SECONDS):
            while await self.take():
                pass
        return self.connection.close_code


@asynccontextmanager
async def browser(server: Served) -> AsyncIterator[aiohttp.ClientSession]:
    """Keep cookies as a browser does, and begin as one does: with the address that was printed."""
    jar = aiohttp.CookieJar(unsafe=True)  # Of an address in numbers too.
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.get(server.entrance) as answer:
            assert answer.status == 200, await answer.text()
        yield session


@asynccontextmanager
async def tab(
    session: aiohttp.ClientSession, server: Served, columns: int = 100, lines: int = 30
) -> AsyncIterator[Tab]:
    """Open a tab while the block runs."""
    address = f"{server.address}ws?width={columns}&height={lines}"
    async with session.ws_connect(address, origin=server.origin, max_msg_size=0) as connection:
        yield Tab(connection, columns, lines)
