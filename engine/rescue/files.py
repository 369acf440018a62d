"""Keeping a service's files: the bytes into the blobs, their rows as a dataset version."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from engine.data.errors import DataError
from engine.data.reading.options import ReadingOptions
from engine.data.versions.importing import Source
from engine.errors import ProviderError
from engine.providers.hosted import listing
from engine.providers.hosted.reports import Report, moment, text_of
from store.events import RemoteFileGone, RemoteFileSaved
from store.log import Entry
from store.projections.hosted import DELETED, GONE, KEPT
from store.queries import hosted as queries

if TYPE_CHECKING:
    import openai

    from engine.rescue.run import Run

_UNNAMEABLE = re.compile(r"[^\w.-]+")
_IDS = "ds_"
"""What the ids of dataset versions begin with, and no name may."""

_TAIL = 6
_LONGEST = 60


class _Rows(NamedTuple):
    """What a file's rows became.

    Attributes:
        dataset: the id of the dataset version; None if they are no examples.
        problem: what is wrong with them.
        events: how many facts were recorded of that.
    """

    dataset: str | None
    problem: str | None
    events: int


class Files:
    """Takes files from a service, each once.

    Args:
        run: the rescue that they are part of.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def dataset_of(self, file: str) -> str | None:
        """Return the dataset version that a file's rows are, taking the file if that is new.

        Raises:
            ProviderError: if it cannot be had now.
        """
        # Several jobs may have been trained on the same file.
        async with self._locks[file]:
            known = queries.remote_file(self._run.lab.database.reader, self._run.provider, file)
            if known is not None and (known.state in (KEPT, GONE, DELETED) or known.dataset):
                return known.dataset
            return await self._take(file)

    async def _take(self, file: str) -> str | None:
        service = self._run.service
        try:
            found = listing.plain(await service.read(lambda client: client.files.retrieve(file)))
            content, size = await service.read(lambda client: self._download(client, file))
        except ProviderError as error:
            if error.kind != "not_found":
                raise
            gone = RemoteFileGone(provider=self._run.provider, file=file, reason=str(error))
            self._record(file, Entry(gone, key="gone"))
            return None
        rows = await asyncio.to_thread(self._read, file, found, content)
        # Counted here: two threads that count lose some.
        self._run.harvest.events += rows.events
        saved = RemoteFileSaved(
            provider=self._run.provider,
            file=file,
            filename=text_of(found.get("filename")) or file,
            purpose=text_of(found.get("purpose")) or "fine-tune",
            content=content,
            bytes=size,
            dataset=rows.dataset,
            problem=rows.problem,
        )
        self._record(file, Entry(saved, moment(found.get("created_at")), key="saved"))
        return rows.dataset

    async def _download(self, client: openai.AsyncOpenAI, file: str) -> tuple[str, int]:
        """Bring a file into the blobs as it comes; return its hash and its bytes."""
        with self._run.lab.blobs.write() as blob:
            async with client.files.with_streaming_response.content(file) as answer:
                async for data in answer.iter_bytes():
                    blob.write(data)
        return blob.hexdigest(), blob.size

    def _read(self, file: str, found: Report, content: str) -> _Rows:
        """Make a dataset version of a file's rows."""
        lab = self._run.lab
        filename = text_of(found.get("filename")) or file
        path = lab.blobs.path(content)
        source = Source(
            path,
            ReadingOptions(file_format="jsonl"),
            origin=f"{self._run.provider}:{file} ({filename})",
        )
        name = dataset_name(file, filename)
        before = lab.log.version(f"dataset/{name}")
        try:
            added = lab.datasets.add(source, name, skip_bad=True, cause=self._run.cause)
        except DataError as error:
            # Where it lies on this machine tells nobody which file it was.
            return _Rows(None, str(error).replace(str(path), filename), 0)
        left_out = added.left_out.count
        problem = f"{left_out} rows are no examples" if left_out else None
        return _Rows(added.version.id, problem, lab.log.version(f"dataset/{name}") - before)

    def _record(self, file: str, entry: Entry) -> None:
        self._run.record(f"file/{self._run.provider}/{file}", entry)


def dataset_name(file: str, filename: str) -> str:
    """Return a dataset's name that tells the file and is no other file's: train-Qx3yTt.

    Args:
        file: the service's id of the file.
        filename: what its owner called it, which may be anything.
    """
    told = unicodedata.normalize("NFC", PurePath(filename).name.partition(".")[0])
    stem = _nameable(told)[:_LONGEST]
    while stem.startswith(_IDS):
        stem = stem.removeprefix(_IDS)
    tail = _nameable(file[-_TAIL:])
    return "-".join(filter(None, [stem.strip("-.") or "file", tail]))


def _nameable(text: str) -> str:
    return _UNNAMEABLE.sub("-", text).strip("-.")
