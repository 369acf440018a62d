"""The examples of a version by their numbers; of a file of any length only a few are read."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.data.shapes.example import Record
from tui.cli.data.changes import lines_of

if TYPE_CHECKING:
    from store.blobs import BlobStore

_BLOCK = 1 << 20
_LINES_BETWEEN = 5_000

Told = Callable[[], None]
Stopped = Callable[[], bool]


class ExampleFile:
    """A stored version's examples; where each begins is found in one pass, which verifies them too.

    Rows before the place that the pass has come to can be read while it goes on.

    Args:
        blobs: where the content lies.
        content: the hash that names it.
    """

    def __init__(self, blobs: BlobStore, content: str) -> None:
        self._blobs = blobs
        self.content = content
        self._begins = array("Q", [0])
        self.is_whole = False

    @property
    def rows(self) -> int:
        """How many examples are found by now."""
        return len(self._begins) - 1

    @property
    def _path(self) -> Path:
        return self._blobs.path(self.content)

    def find(self, told: Told, stopped: Stopped) -> None:
        """Find where the examples begin.

        Args:
            told: called now and then, when more are found.
            stopped: asked now and then whether to give up.

        Raises:
            NotFoundError: if the content is missing.
            BlobCorruptError: if it has changed.
        """
        if not self._path.is_file():
            self._blobs.verified(self.content)
        digest, offset = hashlib.sha256(), 0
        begins = array("Q", [0])
        with self._path.open("rb") as file:
            while block := file.read(_BLOCK):
                if stopped():
                    return
                digest.update(block)
                place = block.find(b"\n")
                while place >= 0:
                    begins.append(offset + place + 1)
                    place = block.find(b"\n", place + 1)
                offset += len(block)
                self._begins = begins
                told()
        if digest.hexdigest() != self.content:
            self._blobs.verified(self.content)
        self.is_whole = True
        told()

    def read(self, rows: Sequence[int]) -> dict[int, bytes]:
        """Return the stored lines of these rows, of which the unknown ones are left out."""
        begins, found = self._begins, {}
        with self._path.open("rb") as file:
            for row in rows:
                if 0 <= row < len(begins) - 1:
                    file.seek(begins[row])
                    found[row] = file.read(begins[row + 1] - begins[row])
        return found

    def search(self, text: str, stopped: Stopped) -> Iterator[tuple[int, list[int]]]:
        """Look for a text, its letters large or small, in what a person sees of an example.

        Yields:
            Now and then how many examples were looked at, and those of them that have it.
        """
        found: list[int] = []
        looked = 0
        wanted, stored = text.casefold(), stored_form(text)
        with self._path.open("rb") as file:
            for row, line in enumerate(file):
                looked = row + 1
                if stored in line.decode("utf-8", "replace").casefold() and has(
                    line, wanted, stored
                ):
                    found.append(row)
                if looked % _LINES_BETWEEN == 0:
                    if stopped():
                        return
                    yield looked, found
                    found = []
        yield looked, found


def stored_form(text: str) -> str:
    """Return how a text stands in a stored line, letters small."""
    return json.dumps(text, ensure_ascii=False)[1:-1].casefold()


def has(line: bytes, wanted: str, stored: str) -> bool:
    """Tell whether what is shown of an example has a text, and not only its keys.

    Args:
        line: the example as it is stored.
        wanted: the text in small letters.
        stored: the same as it stands in JSON, where what is called is shown as that.
    """
    shown = (each.casefold() for each in lines_of(record_of(line)))
    return any(wanted in each or stored in each for each in shown)


def record_of(line: bytes) -> Record:
    """Read a stored line."""
    from engine.data.versions.contents import record_of as read

    return read(line)


def gist(record: dict[str, Any]) -> tuple[str, str, int]:
    """Return what is asked first and answered last in an example, and how many messages it has."""
    from engine.data.shapes.example import messages_of

    messages = messages_of(record)
    asked = next((said(each) for each in messages if each.get("role") == "user"), "")
    spoken = record.get("preferred_output") or messages
    answered = next((said(each) for each in reversed(spoken) if each["role"] == "assistant"), "")
    return asked, answered, len(messages)


def said(message: dict[str, Any]) -> str:
    """Return what a message says; of one without words, what it calls."""
    from engine.data.shapes.example import texts_of

    if words := " ".join(texts_of(message)):
        return words
    calls = message.get("tool_calls") or []
    if isinstance(message.get("function_call"), dict):
        calls = [{"function": message["function_call"]}, *calls]
    called = (call.get("function") or {} for call in calls if isinstance(call, dict))
    return ", ".join(f"{each.get('name')}({each.get('arguments', '')})" for each in called)
