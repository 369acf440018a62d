"""Keeping a service's files: the bytes into the blobs, their rows as a dataset version."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING

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

    from engine.lab import Lab
    from engine.providers.hosted.service import Service
    from engine.rescue.harvest import Harvest

_UNNAMEABLE = re.compile(r"[^\w.-]+", re.ASCII)
_TAIL = 6


class Files:
    """Takes files from a service, each once.

    Args:
        lab: where they are kept.
        service: whose they are.
        harvest: counts them.
        cause: the seq of the event that led to it.
    """

    def __init__(self, lab: Lab, service: Service, harvest: Harvest, cause: int) -> None:
        self._lab = lab
        self._service = service
        self._harvest = harvest
        self._cause = cause
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def dataset_of(self, file: str) -> str | None:
        """Return the dataset version that a file's rows are, taking the file if that is new.

        Raises:
            ProviderError: if it cannot be had now.
        """
        # Several jobs may have been trained on the same file.
        async with self._locks[file]:
            known = queries.remote_file(self._lab.database.reader, self._provider, file)
            if known is not None and (known.state in (KEPT, GONE, DELETED) or known.dataset):
                return known.dataset
            return await self._take(file)

    @property
    def _provider(self) -> str:
        return self._service.profile.name

    async def _take(self, file: str) -> str | None:
        try:
            found = listing.plain(
                await self._service.read(lambda client: client.files.retrieve(file))
            )
            content, size = await self._service.read(lambda client: self._download(client, file))
        except ProviderError as error:
            if error.kind != "not_found":
                raise
            self._harvest.files_gone += 1
            gone = RemoteFileGone(provider=self._provider, file=file, reason=str(error))
            self._record(file, Entry(gone, key="gone", cause=self._cause))
            return None
        dataset, problem = await asyncio.to_thread(self._read, file, found, content)
        saved = RemoteFileSaved(
            provider=self._provider,
            file=file,
            filename=text_of(found.get("filename")) or file,
            purpose=text_of(found.get("purpose")) or "fine-tune",
            content=content,
            bytes=size,
            dataset=dataset,
            problem=problem,
        )
        created = moment(found.get("created_at"))
        self._record(file, Entry(saved, created, key="saved", cause=self._cause))
        self._harvest.files_kept += 1
        self._harvest.bytes += size
        return dataset

    async def _download(self, client: openai.AsyncOpenAI, file: str) -> tuple[str, int]:
        """Bring a file into the blobs as it comes; return its hash and its bytes."""
        with self._lab.blobs.write() as blob:
            async with client.files.with_streaming_response.content(file) as answer:
                async for data in answer.iter_bytes():
                    blob.write(data)
        return blob.hexdigest(), blob.size

    def _read(self, file: str, found: Report, content: str) -> tuple[str | None, str | None]:
        """Make a dataset version of a file's rows; return its id, or why there is none."""
        filename = text_of(found.get("filename")) or file
        source = Source(
            self._lab.blobs.path(content),
            ReadingOptions(file_format="jsonl"),
            origin=f"{self._provider}:{file} ({filename})",
        )
        try:
            added = self._lab.datasets.add(source, _name(file, filename), skip_bad=True)
        except DataError as error:
            return None, str(error)
        self._harvest.events += added.new
        left_out = added.left_out.count
        return added.version.id, f"{left_out} rows are no examples" if left_out else None

    def _record(self, file: str, entry: Entry) -> None:
        self._harvest.events += len(self._lab.log.append(f"file/{self._provider}/{file}", entry))


def _name(file: str, filename: str) -> str:
    """Return a dataset's name that tells the file and is no other file's: train-Qx3yTt."""
    stem = _UNNAMEABLE.sub("-", PurePath(filename).name.partition(".")[0]).strip("-.") or "file"
    tail = _UNNAMEABLE.sub("-", file[-_TAIL:]).strip("-.")
    return f"{stem}-{tail}"
