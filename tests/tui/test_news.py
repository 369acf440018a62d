"""What was closed is not kept by the news that it followed."""

from __future__ import annotations

import gc
import weakref

from textual.app import App
from textual.widgets import Static

from tui.news import News


class Reader(Static):
    """Something on the screen that follows the news."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def follow(self, news: News[str]) -> None:
        news.subscribe(self, self.read.append)


async def opened(app: App[None], news: News[str]) -> Reader:
    reader = Reader()
    await app.mount(reader)
    reader.follow(news)
    return reader


async def closed(app: App[None], news: News[str]) -> weakref.ref[Reader]:
    reader = await opened(app, news)
    await reader.remove()
    return weakref.ref(reader)


async def test_who_is_open_is_told() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        news: News[str] = News(app, "news")
        reader = await opened(app, news)
        news.publish("it rains")
        await pilot.pause()
        assert reader.read == ["it rains"]


async def test_who_was_closed_is_let_go_when_the_next_follows() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        news: News[str] = News(app, "news")
        first = await closed(app, news)
        await pilot.pause()
        await opened(app, news)
        await pilot.pause()
        gc.collect()
        assert first() is None
