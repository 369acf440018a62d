"""`ftlab web` in a headless Chromium: the page itself, as somebody sees it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from tests.browsers import Page, find_browser, page, resize, running
from tests.web_terminal import Screen, Served, served

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_BROWSER = find_browser()

pytestmark = pytest.mark.skipif(
    _BROWSER is None,
    reason="no Chromium is installed (apt install chromium-headless-shell), and "
    "FTLAB_TEST_BROWSER names none",
)

_WIDTH, _HEIGHT = 1200, 720
_DRAWN_BYTES = 15_000
"""Letters have many shades at their edges; the picture of an empty page is far smaller."""


@pytest.fixture
def server(recorded: Ftlab) -> Iterator[Served]:
    with served(recorded) as running_server:
        yield running_server


@pytest_asyncio.fixture
async def opened(server: Served, tmp_path: Path) -> AsyncIterator[Page]:
    """The page, opened by the address that the command printed, its first frame there."""
    assert _BROWSER is not None
    with running(_BROWSER, tmp_path / "browser") as address:
        async with page(address, _WIDTH, _HEIGHT) as found:
            await found.ask("Page.navigate", url=server.entrance)
            await found.until_true("document.body.classList.contains('-first-byte')")
            yield found


class Seen:
    """What the terminal in a page was sent, and what it sent, from its connection."""

    def __init__(self, shown: Page) -> None:
        self.sent: list[Any] = []
        self.received = b""
        self.screen = Screen(*self._size(shown))
        for method, told in shown.heard:
            self._hear(method, told)
        shown.listen(self._hear)

    def _size(self, shown: Page) -> tuple[int, int]:
        """Return the columns and lines of which the page told."""
        sent = (self._sent(*heard) for heard in shown.heard)
        sizes = [said[1] for said in sent if said and said[0] == "resize"]
        return (sizes[-1]["width"], sizes[-1]["height"]) if sizes else (80, 24)

    def _sent(self, method: str, told: dict[str, Any]) -> list[Any] | None:
        if method != "Network.webSocketFrameSent" or told["response"]["opcode"] != 1:
            return None
        said: list[Any] = json.loads(told["response"]["payloadData"])
        return said

    def _hear(self, method: str, told: dict[str, Any]) -> None:
        said = self._sent(method, told)
        if said is not None:
            self.sent.append(said)
            if said[0] == "resize":
                self.screen.resize(said[1]["width"], said[1]["height"])
        elif method == "Network.webSocketFrameReceived" and told["response"]["opcode"] == 2:
            data = base64.b64decode(told["response"]["payloadData"])
            self.received += data
            self.screen.feed(data)

    def shows(self, *texts: str) -> bool:
        return all(text in self.screen.text() for text in texts)


async def test_the_dashboard_is_drawn_and_takes_keys_mouse_and_size(opened: Page) -> None:
    seen = Seen(opened)
    await opened.until(lambda: seen.shows("quick", "broken-off"))
    async with asyncio.timeout(30):
        while len(await opened.picture()) < _DRAWN_BYTES:
            pass

    await opened.type("H")
    await opened.until(lambda: seen.shows("LabCreated"))
    await opened.type("J")
    await opened.until(lambda: not seen.shows("LabCreated"))

    await resize(opened, 900, 500)
    await opened.until(lambda: seen.sent[-1][0] == "resize")
    smaller = seen.sent[-1][1]
    assert 60 < smaller["width"] < 110
    assert 18 < smaller["height"] < 35
    await opened.until(lambda: seen.shows("quick"))

    before = len(seen.sent)
    await opened.click(200, 200)
    await opened.until(
        lambda: any(said[0] == "stdin" and "\x1b[<0" in said[1] for said in seen.sent[before:])
    )


async def test_the_token_stays_in_no_address_no_history_and_no_script(
    opened: Page, server: Served
) -> None:
    assert await opened.evaluate("location.href") == server.address
    entries = (await opened.ask("Page.getNavigationHistory"))["entries"]
    assert not [entry for entry in entries if server.token in entry["url"]]
    assert await opened.evaluate("document.cookie") == ""
    assert await opened.evaluate("document.referrer") == ""


async def test_nothing_is_asked_of_anybody_else_and_nothing_is_forbidden(
    opened: Page, server: Served
) -> None:
    asked = [
        told["request"]["url"]
        for method, told in opened.heard
        if method == "Network.requestWillBeSent"
    ]
    assert len(asked) > 4
    own = (server.address, "data:")
    assert not [url for url in asked if not url.startswith(own)]
    complaints = [
        told["entry"]["text"] for method, told in opened.heard if method == "Log.entryAdded"
    ]
    assert not [text for text in complaints if "Content Security Policy" in text]
    failures = [told for method, told in opened.heard if method == "Runtime.exceptionThrown"]
    assert not failures


async def test_what_is_copied_is_in_the_clipboard(opened: Page, server: Served) -> None:
    await opened.ask(
        "Browser.grantPermissions",
        origin=server.origin,
        permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
    )
    await opened.ask("Page.bringToFront")
    seen = Seen(opened)
    await opened.until(lambda: seen.shows("1 Overview", "interrupted: its process"))
    await opened.type("Y")
    await opened.until(lambda: b"\x1b]52;c;" in seen.received)
    copied = seen.received.partition(b"\x1b]52;c;")[2].partition(b"\x07")[0]
    words = base64.b64decode(copied).decode()
    assert words
    await opened.until_true(f"navigator.clipboard.readText().then(t => t === {json.dumps(words)})")


async def test_after_the_end_the_page_starts_again(opened: Page) -> None:
    seen = Seen(opened)
    await opened.until(lambda: seen.shows("quick"))
    await opened.type("q")
    await opened.until_true("!document.getElementById('ended').hidden")
    assert await opened.evaluate("document.getElementById('why').textContent") == (
        "ftlab has ended."
    )
    await opened.evaluate("document.getElementById('again').click()")
    await opened.until_true(
        "document.getElementById('ended').hidden && document.body.classList.contains('-first-byte')"
    )


async def test_a_server_that_ends_is_told(opened: Page, server: Served) -> None:
    server.process.kill()
    await opened.until_true("!document.getElementById('ended').hidden")
    told = await opened.evaluate("document.getElementById('why').textContent")
    assert told == "The connection is lost. Does `ftlab web` still run?"


async def test_the_bell_is_heard_and_the_end_of_a_command_is_none(opened: Page) -> None:
    rang = (
        "(() => { const bells = new Bells(); return [[7], [27, 93, 57, 59, 65, 7], [65, 7], "
        "[27, 93, 53], [50, 27, 92], [7]].map((bytes) => bells.heard(bytes)); })()"
    )
    assert await opened.evaluate(rang) == [True, False, True, False, False, True]
