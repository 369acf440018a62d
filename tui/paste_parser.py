"""Reading what is pasted in one piece: Textual's parser takes five seconds for three megabytes."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers import linux_driver
from textual.message import Message

_OVERLAP = len(BRACKETED_PASTE_START) - 1
"""Characters at the end of what came that a mark may have begun with."""


class PasteParser(XTermParser):
    """Textual's parser, which gets keys and marks, but not what is pasted between two marks."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: list[str] | None = None
        self._last = ""

    def feed(self, data: str) -> Iterator[Message]:
        """Take what came from the terminal; yield what it means."""
        if not data:
            yield from super().feed(data)
        while data:
            data = yield from self._keys(data) if self._pasted is None else self._paste(data)

    def _keys(self, data: str) -> Generator[Message, None, str]:
        """Take keys until a paste begins; return what came after that."""
        known = self._last + data
        at = known.find(BRACKETED_PASTE_START)
        if at < 0:
            self._last = known[-_OVERLAP:]
            yield from super().feed(data)
            return ""
        end = at + len(BRACKETED_PASTE_START) - len(self._last)
        self._last, self._pasted = "", []
        yield from super().feed(data[:end])
        return data[end:]

    def _paste(self, data: str) -> Generator[Message, None, str]:
        """Take what is pasted until that ends; return what came after."""
        known, pasted = self._last + data, self._pasted or []
        at = known.find(BRACKETED_PASTE_END)
        if at < 0:
            pasted.append(known[:-_OVERLAP])
            self._last, self._pasted = known[-_OVERLAP:], pasted
            return ""
        self._last, self._pasted = "", None
        # Between the marks that it got, Textual's parser knows of nothing that was pasted.
        for event in super().feed(BRACKETED_PASTE_END):
            if not isinstance(event, events.Paste):
                yield event
        text = "".join([*pasted, known[:at]])
        yield events.Paste(text.replace("\0", ""))
        return known[at + len(BRACKETED_PASTE_END) :]


class PastingDriver(linux_driver.LinuxDriver):
    """Textual's driver for terminals, with this parser."""

    def run_input_thread(self) -> None:
        """Read what is typed and pasted until the app ends."""
        # Textual's loop makes its parser by this name.
        vars(linux_driver)["XTermParser"] = PasteParser
        super().run_input_thread()
