"""`ftlab web`: the dashboard in a browser, spoken to as a browser does."""

from __future__ import annotations

import asyncio
import base64
import re
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import psutil
import pytest
import pytest_asyncio

from tests.web_terminal import Served, browser, served, tab

if TYPE_CHECKING:
    from tests.e2e.conftest import Ftlab

_TOO_MANY = 4001
_ENDED = 4000
_BROKE = 4002


@pytest.fixture
def server(recorded: Ftlab) -> Iterator[Served]:
    with served(recorded) as running:
        yield running


@pytest_asyncio.fixture
async def visitor(server: Served) -> AsyncIterator[aiohttp.ClientSession]:
    async with browser(server) as session:
        yield session


async def _see(server: Served, text: str) -> None:
    async with browser(server) as visitor, tab(visitor, server) as opened:
        await opened.until_shown(text)


async def _status(session: aiohttp.ClientSession, address: str, **headers: str) -> int:
    async with session.get(address, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        return answer.status


async def test_the_dashboard_is_shown_takes_keys_and_follows_the_size(
    server: Served, visitor: aiohttp.ClientSession
) -> None:
    async with tab(visitor, server) as opened:
        await opened.until_shown("quick", "broken-off")
        await opened.press("H")
        await opened.until_shown("LabCreated", "JobInterrupted")
        await opened.press("\x1b")
        await opened.until_gone("LabCreated")
        await opened.resize(80, 24)
        await opened.until_shown("quick")
        lines = opened.screen.text().splitlines()
        assert len(lines) == 24
        await opened.press("q")
        assert await opened.until_ended() == _ENDED
    async with tab(visitor, server) as again:
        await again.until_shown("quick")


async def test_nobody_comes_in_without_the_token(server: Served) -> None:
    async with aiohttp.ClientSession() as stranger:
        for path in (
            "",
            "?token=",
            "?token=wrong",
            "static/js/textual.js",
            "static/",
            "own/page.js",
        ):
            assert await _status(stranger, server.address + path) == 403, path
        assert await _status(stranger, f"{server.address}download/key") == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await stranger.ws_connect(f"{server.address}ws", origin=server.origin)
        assert refused.value.status == 403
    assert not psutil.Process(server.process.pid).children()


async def test_the_token_is_moved_from_the_address_into_a_cookie(server: Served) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.get(server.entrance) as entered:
            text = await entered.text()
            (cookie,) = entered.headers.getall("Set-Cookie")
        assert 'content="0;url=/"' in text
        assert server.token not in text + cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert entered.headers["Referrer-Policy"] == "no-referrer"
        async with session.get(server.address) as page:
            assert 'id="terminal"' in await page.text()
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            assert page.headers["Cache-Control"] == "no-store"


async def test_nothing_else_lies_behind_the_gate(
    server: Served, visitor: aiohttp.ClientSession
) -> None:
    assert await _status(visitor, f"{server.address}static/js/textual.js") == 200
    for path in ("static/", "static/js", "static/..%2fserver.py", "own/..%2fgate.py", "download/x"):
        assert await _status(visitor, server.address + path) in (403, 404), path
    async with visitor.post(server.address) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "10.0.0.1", "", "127.0.0.1.x"]
)
async def test_a_foreign_name_that_leads_here_is_refused(
    server: Served, visitor: aiohttp.ClientSession, host: str
) -> None:
    assert await _status(visitor, server.address, Host=host) == 403
    assert await _status(visitor, server.entrance, Host=host) == 403


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:1"])
async def test_a_foreign_page_cannot_connect(
    server: Served, visitor: aiohttp.ClientSession, origin: str | None
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await visitor.ws_connect(f"{server.address}ws", origin=origin)
    assert refused.value.status == 403


async def test_what_is_copied_reaches_the_browser(
    server: Served, visitor: aiohttp.ClientSession
) -> None:
    async with tab(visitor, server, 120, 36) as opened:
        await opened.until_shown("1 Overview", "interrupted: its process")
        copied = await opened.press_until_sent("Y", re.compile(rb"\x1b\]52;c;([^\x07]+)\x07"))
        assert base64.b64decode(copied)


async def test_there_are_so_many_tabs_at_once_and_no_more(recorded: Ftlab) -> None:
    with served(recorded, "--tabs", "1") as server:
        async with browser(server) as visitor:
            async with tab(visitor, server) as first:
                await first.until_shown("quick")
                async with tab(visitor, server) as second:
                    assert await second.until_ended() == _TOO_MANY
            left = psutil.Process(server.process.pid).children()
            await asyncio.to_thread(psutil.wait_procs, left, timeout=30)
            async with tab(visitor, server) as third:
                await third.until_shown("quick")


async def test_only_looking_means_only_looking(recorded: Ftlab) -> None:
    with served(recorded, "--read-only") as server:
        async with browser(server) as visitor, tab(visitor, server) as opened:
            await opened.until_shown("quick")
            (app,) = psutil.Process(server.process.pid).children()
            assert app.cmdline()[-1] == "--read-only"


def test_a_database_of_any_name_is_opened_and_no_shell_sees_it(
    recorded: Ftlab, tmp_path: Path
) -> None:
    odd = tmp_path / "it's $(touch injected) a; 'name.db"
    recorded.database.rename(odd)
    with served(recorded, "--db", str(odd)) as server:
        asyncio.run(_see(server, "quick"))
    assert not list(tmp_path.rglob("injected"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_all_apps_end_with_the_server(
    server: Served, visitor: aiohttp.ClientSession, number: signal.Signals
) -> None:
    async with tab(visitor, server) as opened:
        await opened.until_shown("quick")
        apps = psutil.Process(server.process.pid).children(recursive=True)
        assert apps
        out, told = await asyncio.to_thread(server.end, number)
        assert server.token not in out + told
        await asyncio.to_thread(psutil.wait_procs, apps, timeout=30)
        assert not [app for app in apps if app.is_running()]
    if number != signal.SIGKILL:
        assert server.process.returncode == 0


async def test_an_app_that_breaks_is_told_where_the_server_runs(recorded: Ftlab) -> None:
    with served(recorded) as server:
        recorded.database.write_text("this is no database")
        async with browser(server) as visitor, tab(visitor, server) as opened:
            assert await opened.until_ended() == _BROKE
        out, told = await asyncio.to_thread(server.end)
        assert "ftlab.db is damaged or no SQLite database" in out + told


async def test_a_tab_that_is_closed_ends_its_app(
    server: Served, visitor: aiohttp.ClientSession
) -> None:
    async with tab(visitor, server) as opened:
        await opened.until_shown("quick")
        (app,) = psutil.Process(server.process.pid).children()
    await asyncio.to_thread(app.wait, 30)


async def test_the_token_is_in_no_list_of_processes(
    server: Served, visitor: aiohttp.ClientSession
) -> None:
    async with tab(visitor, server) as opened:
        await opened.until_shown("quick")
        own = psutil.Process(server.process.pid)
        for process in (own, *own.children(recursive=True)):
            around = "\n".join(f"{name}={value}" for name, value in process.environ().items())
            assert server.token not in " ".join(process.cmdline()) + around


async def test_nonsense_ends_nobodys_app(server: Served, visitor: aiohttp.ClientSession) -> None:
    nonsense = ("", "{}", "[]", '["stdin"]', '["stdin", 5]', '["resize", {"width": []}]', "\\")
    async with tab(visitor, server) as opened:
        for text in (*nonsense, '["resize", {"width": "x", "height": -4}]'):
            await opened.connection.send_str(text)
        await opened.resize(100, 30)
        await opened.until_shown("quick")


def test_a_taken_port_is_told(server: Served, recorded: Ftlab) -> None:
    port = server.origin.rpartition(":")[2]
    done = recorded("web", "--port", port)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"ftlab: port {port} is taken: --port chooses another one")


def test_others_are_let_in_only_when_that_is_said(recorded: Ftlab) -> None:
    done = recorded("web", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - it is refused
    assert (done.status, done.out) == (2, "")
    assert "with --allow-remote others may come in" in done.err


async def test_over_the_network_only_numbers_and_own_names_lead_in(recorded: Ftlab) -> None:
    with served(recorded, "--host", "0.0.0.0", "--allow-remote") as server:  # noqa: S104 - what is tried
        port = server.origin.rpartition(":")[2]
        here = f"http://127.0.0.1:{port}/?token={server.token}"
        async with aiohttp.ClientSession() as session:
            assert await _status(session, here) == 200
            assert await _status(session, here, Host=f"192.0.2.7:{port}") == 200
            assert await _status(session, here, Host="evil.example") == 403
        assert "not encrypted" in server.end()[1]


def test_a_database_that_is_not_there_is_told_at_once(recorded: Ftlab, tmp_path: Path) -> None:
    done = recorded("web", "--db", tmp_path / "none.db")
    assert (done.status, done.err) == (4, f"ftlab: there is no database {tmp_path / 'none.db'}\n")


def test_without_its_package_it_says_what_to_install(recorded: Ftlab, tmp_path: Path) -> None:
    (tmp_path / "missing" / "textual_serve").mkdir(parents=True)
    (tmp_path / "missing" / "textual_serve" / "__init__.py").write_text(
        "raise ModuleNotFoundError('gone', name='textual_serve')"
    )
    path = f"{tmp_path / 'missing'}:{recorded.environment['PYTHONPATH']}"
    done = recorded("web", PYTHONPATH=path)
    assert done.status == 1
    assert "pip install 'ftlab[web]'" in done.err


def test_it_is_opened_in_a_browser_without_showing_the_token(
    recorded: Ftlab, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}.part; mv {seen}.part {seen}\n')
    opener.chmod(0o755)
    others = recorded.environment | {"BROWSER": f"{opener} %s"}
    recorded_there = type("Opening", (type(recorded),), {"environment": others})(recorded.home)
    with served(recorded_there, "--open") as server:
        deadline = time.monotonic() + 30
        while not seen.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        opened = seen.read_text()
        assert server.token not in opened
        page = Path(opened.removeprefix("file://"))
        assert server.entrance in page.read_text()
        assert page.stat().st_mode & 0o077 == 0
        server.end()
    assert not page.exists()
