"""Sending a file to a hosted service, once.

A file goes under a name made of its content, so that one that arrived without our hearing of it is
found again. Large ones go in parts (OpenAI's Uploads API), each recorded: after a crash what is
there already is not sent again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import ProviderError
from engine.providers.hosted import listing
from engine.providers.hosted.reports import Report, text_of
from store.events import (
    Fact,
    FilePartUploaded,
    FileUploadBegun,
    FileUploaded,
    FileUploadRequested,
)
from store.events.hosted import FileRole
from store.queries import hosted as queries

if TYPE_CHECKING:
    import sqlite3

    import openai
    from openai.types import FileObject

    from engine.providers.hosted.service import Service

PURPOSE: Final = "fine-tune"
PART_BYTES = 64 * 1024 * 1024
"""The most bytes of a part (OpenAI's API reference, "Uploads")."""

_FILES_PAGE = 10_000
_BROKEN = ("error", "deleted")

Progress = Callable[[str, float], None]
"""Told what is done, and which part of it, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Sendable:
    """A file on its way.

    Attributes:
        role: what it is for.
        path: where it lies.
        content: the SHA-256 of its bytes.
        bytes: how many there are.
    """

    role: FileRole
    path: Path
    content: str
    bytes: int

    @property
    def filename(self) -> str:
        """The name under which the service knows it."""
        return f"ftlab-{self.content[:24]}.jsonl"


@dataclass(slots=True)
class Begun:
    """What is recorded of sending a file.

    Attributes:
        requested: whether it was about to be sent.
        upload: the service's name for an upload in parts.
        parts: its parts, by their numbers.
    """

    requested: bool = False
    upload: str | None = None
    parts: dict[int, str] = field(default_factory=dict)


def begun(facts: Sequence[Fact], role: FileRole) -> Begun:
    """Return what a job's facts tell of sending one of its files."""
    found = Begun()
    for fact in facts:
        match fact:
            case FileUploadRequested() if fact.role == role:
                found = Begun(requested=True)
            case FileUploadBegun() if fact.role == role:
                found.upload = fact.upload
            case FilePartUploaded() if fact.role == role and fact.upload == found.upload:
                found.parts[fact.number] = fact.part
    return found


class Uploading:
    """Sends files to a service that does not have them yet.

    Args:
        service: where to.
        connection: where the files that were sent before are looked up.
        progress: told how much is sent.
        part_bytes: larger files go in parts of so many bytes.
    """

    def __init__(
        self,
        service: Service,
        connection: sqlite3.Connection,
        progress: Progress,
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._service = service
        self._connection = connection
        self._progress = progress
        self._part_bytes = part_bytes

    async def send(self, file: Sendable, before: Begun) -> AsyncIterator[Fact]:
        """Send a file; give each fact before it is acted on, or as soon as it is known.

        Args:
            file: the file.
            before: what is recorded of sending it.

        Raises:
            ProviderError: if the service refuses it, or cannot be reached now.
        """
        there = await self._known(file)
        if there is None and before.requested:
            there = await self._arrived(file)
        if there is not None:
            yield _uploaded(file, there, reused=True)
            return
        if before.upload is None:
            async for fact in self._anew(file):
                yield fact
            return
        try:
            async for fact in self._send_parts(file, before):
                yield fact
            sent = await self._complete(file, before)
        except ProviderError as error:
            if not error.refused or error.retriable:
                raise
            # An upload that was begun long ago has lapsed.
            async for fact in self._anew(file):
                yield fact
            return
        yield _uploaded(file, sent, reused=False)

    async def _anew(self, file: Sendable) -> AsyncIterator[Fact]:
        yield FileUploadRequested(
            role=file.role, filename=file.filename, content=file.content, bytes=file.bytes
        )
        if file.bytes <= self._part_bytes:
            sent = await self._send_whole(file)
        else:
            state = Begun(requested=True)
            async for fact in self._send_parts(file, state):
                yield fact
            sent = await self._complete(file, state)
        yield _uploaded(file, sent, reused=False)

    async def _known(self, file: Sendable) -> str | None:
        """Return a file of this content that was sent before and is still there."""
        provider = self._service.profile.name
        for row in queries.files_of_content(self._connection, provider, file.content):
            found = await self.look_up(row.file)
            if found is not None and found.get("status") not in _BROKEN:
                return row.file
        return None

    async def look_up(self, file: str) -> Report | None:
        """Return what the service says of a file; None if it is gone.

        Raises:
            ProviderError: if it does not say.
        """
        try:
            found = await self._service.read(lambda client: client.files.retrieve(file))
        except ProviderError as error:
            if error.kind == "not_found":
                return None
            raise
        return listing.plain(found)

    async def _arrived(self, file: Sendable) -> str | None:
        """Return a file that was sent without its answer being heard."""
        async for page in listing.pages(
            self._service,
            lambda client, asked: client.files.list(**asked, purpose=PURPOSE),
            _FILES_PAGE,
        ):
            for found in page:
                same = found.get("filename") == file.filename and found.get("bytes") == file.bytes
                if same and found.get("status") not in _BROKEN:
                    return text_of(found.get("id"))
        return None

    async def _send_whole(self, file: Sendable) -> str:
        self._progress(f"sending {file.filename}", 0.0)
        with file.path.open("rb") as content:

            def send(client: openai.AsyncOpenAI) -> Awaitable[FileObject]:
                content.seek(0)  # A try that was refused has read it.
                return client.files.create(file=(file.filename, content), purpose=PURPOSE)

            sent = await self._service.act(send)
        self._progress(f"sending {file.filename}", 1.0)
        return sent.id

    async def _send_parts(self, file: Sendable, state: Begun) -> AsyncIterator[Fact]:
        if state.upload is None:
            upload = await self._service.act(
                lambda client: client.uploads.create(
                    bytes=file.bytes,
                    filename=file.filename,
                    mime_type="application/jsonl",
                    purpose=PURPOSE,
                )
            )
            state.upload = upload.id
            yield FileUploadBegun(role=file.role, upload=upload.id)
        with file.path.open("rb") as content:
            for number, start in enumerate(range(0, file.bytes, self._part_bytes)):
                self._progress(f"sending {file.filename}", start / file.bytes)
                if number in state.parts:
                    continue
                content.seek(start)
                part = await self._send_part(state.upload, content.read(self._part_bytes))
                state.parts[number] = part
                yield FilePartUploaded(
                    role=file.role, upload=state.upload, part=part, number=number
                )

    async def _send_part(self, upload: str, data: bytes) -> str:
        # A part that arrives twice is no harm: the completion names those that count.
        sent = await self._service.read(
            lambda client: client.uploads.parts.create(upload, data=data)
        )
        return sent.id

    async def _complete(self, file: Sendable, state: Begun) -> str:
        parts = [state.parts[number] for number in sorted(state.parts)]
        upload = state.upload or ""
        try:
            done = await self._service.act(
                lambda client: client.uploads.complete(upload, part_ids=parts)
            )
        except ProviderError:
            arrived = await self._arrived(file)
            if arrived is None:
                raise
            return arrived
        made = done.file.id if done.file is not None else await self._arrived(file)
        if made is None:
            raise ProviderError(
                f"{self._service.profile.name} has all parts of {file.filename} but no file of it",
                "unreadable",
                retriable=True,
            )
        return made


def _uploaded(file: Sendable, remote: str, *, reused: bool) -> FileUploaded:
    return FileUploaded(
        role=file.role,
        file=remote,
        filename=file.filename,
        content=file.content,
        bytes=file.bytes,
        reused=reused,
    )
