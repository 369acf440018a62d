"""A headless Chromium, driven over its own protocol: no driver has to be installed for it."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

_NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_LISTENING = re.compile(r"^DevTools listening on (ws://\S+)", re.MULTILINE)
_SECONDS = 30.0


def find_browser() -> str | None:
    """Return the browser that FTLAB_TEST_BROWSER names, or one that is installed; None if none."""
    named = os.environ.get("FTLAB_TEST_BROWSER")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def running(program: str, folder: Path) -> Iterator[str]:
    """Run a browser while the block does; give the address of its protocol."""
    command = [
        program,
        "--headless",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        # A container lets no unprivileged process make namespaces; only pages of ours are opened.
        "--no-sandbox",
        "about:blank",
    ]
    told = folder.with_suffix(".told")
    with told.open("wb") as written:
        process = subprocess.Popen(command, stderr=written, start_new_session=True)
    try:
        yield _address(process, told)
    finally:
        # With all the processes that it has started.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(process: subprocess.Popen[bytes], told: Path) -> str:
    deadline = time.monotonic() + _SECONDS
    while not (found := _LISTENING.search(told.read_text())):
        assert process.poll() is None, told.read_text()
        assert time.monotonic() < deadline, told.read_text()
        time.sleep(0.02)
    return found[1]


class ProtocolError(Exception):
    """The browser could not do what it was asked for."""


class Page:
    """A page of a browser.

    Attributes:
        heard: what the page told of itself, as method and parameters.
    """

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._number = 0
        self.session: str | None = None
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._listeners: list[Callable[[str, dict[str, Any]], None]] = []

    def listen(self, listener: Callable[[str, dict[str, Any]], None]) -> None:
        """Tell somebody of everything that the page tells."""
        self._listeners.append(listener)

    async def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """Ask the browser for something and return its answer."""
        self._number += 1
        number = self._number
        asked = {"id": number, "method": method, "params": parameters}
        if self.session is not None:
            asked["sessionId"] = self.session
        await self._connection.send_json(asked)
        async with asyncio.timeout(_SECONDS):
            while (answer := await self._next()).get("id") != number:
                pass
        if "error" in answer:
            raise ProtocolError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - whatever the page holds
        """Return what an expression is in the page."""
        found = await self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    async def until(self, fulfilled: Callable[[], bool]) -> None:
        """Wait until something has come true, hearing what the page tells meanwhile."""
        deadline = time.monotonic() + _SECONDS
        while not fulfilled():
            assert time.monotonic() < deadline, f"it never came true: {self.heard[-5:]}"
            await self.ask("Runtime.evaluate", expression="0")
            await asyncio.sleep(0.02)

    async def until_true(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        deadline = time.monotonic() + _SECONDS
        # While a page goes and another comes, an expression may mean nothing.
        tried = f"(async () => {{ try {{ return await ({expression}) }} catch {{}} }})()"
        while not await self._attempt(tried):
            assert time.monotonic() < deadline, f"never true: {expression}"
            await asyncio.sleep(0.02)

    async def _attempt(self, expression: str) -> bool:
        try:
            return bool(await self.evaluate(expression))
        except ProtocolError:
            return False

    async def type(self, text: str) -> None:
        """Type letters."""
        for letter in text:
            for kind in ("keyDown", "keyUp"):
                key = {"key": letter, "text": letter if kind == "keyDown" else ""}
                await self.ask("Input.dispatchKeyEvent", type=kind, **key)

    async def click(self, x: float, y: float) -> None:
        """Press and let go the left button of the mouse."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def picture(self) -> bytes:
        """Return how the page looks, as PNG."""
        return base64.b64decode((await self.ask("Page.captureScreenshot"))["data"])

    async def _next(self) -> dict[str, Any]:
        told: dict[str, Any] = await self._connection.receive_json()
        if "method" in told:
            self.heard.append((told["method"], told["params"]))
            for listener in self._listeners:
                listener(told["method"], told["params"])
        return told


@asynccontextmanager
async def page(address: str, width: int, height: int) -> AsyncIterator[Page]:
    """Open a page in a browser while the block runs."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, max_msg_size=0) as connection,
    ):
        found = Page(connection)
        target = await found.ask("Target.createTarget", url="about:blank")
        attached = await found.ask(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        found.session = attached["sessionId"]
        for domain in ("Network", "Page", "Runtime", "Log"):
            await found.ask(f"{domain}.enable")
        await resize(found, width, height)
        yield found


async def resize(shown: Page, width: int, height: int) -> None:
    """Give a page another size, in pixels."""
    await shown.ask(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=1,
        mobile=False,
    )
