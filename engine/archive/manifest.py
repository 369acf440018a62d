"""The manifest: what an archive holds, of what lab, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.archive.errors import ArchiveError
from engine.archive.layout import EVENTS, MANIFEST, is_member_name

MOST_BYTES = 64 * 1024 * 1024
"""A manifest larger than this is not read: it names half a million files."""

_FORMAT = 1
_SHA256 = r"^[0-9a-f]{64}$"
_LAB = r"^[0-9a-f]{0,64}$"
_MODEL = ConfigDict(frozen=True, extra="ignore")


class File(BaseModel):
    """A file of an archive: its size and the SHA-256 of its content, in hexadecimal."""

    model_config = _MODEL
    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=_SHA256)]


class Selection(BaseModel):
    """What was asked to be in an archive; with nothing named, it was everything.

    What these need is in it as well. `since` is a UTC text.
    """

    model_config = _MODEL
    jobs: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    provider: str | None = None
    since: str | None = None
    weights: bool = False


class LogState(BaseModel):
    """The log that an archive was made of, as it stood: its newest event and when that came.

    `lab` names the log by the first digits of its first event's hash.
    """

    model_config = _MODEL
    lab: Annotated[str, Field(pattern=_LAB)]
    seq: int
    at: str
    hash: str


class Missing(BaseModel):
    """A content that events name and that the lab did not have."""

    model_config = _MODEL
    name: str
    sha256: str


class Manifest(BaseModel):
    """What an archive holds."""

    model_config = _MODEL
    format: Literal["ftlab archive"] = "ftlab archive"
    format_number: int = _FORMAT
    ftlab: str
    source: LogState
    selection: Selection
    counts: dict[str, int]
    missing: tuple[Missing, ...] = ()
    files: dict[str, File]

    def as_bytes(self) -> bytes:
        """Return the manifest as it stands in the archive."""
        return (json.dumps(self.model_dump(mode="json"), indent=1) + "\n").encode()


def digest_of(manifest: bytes) -> str:
    """Return what names an archive, however it is packed: the hash of its manifest."""
    return hashlib.sha256(manifest).hexdigest()


def read_manifest(raw: bytes, archive: str) -> Manifest:
    """Read an archive's manifest.

    Raises:
        ArchiveError: if it is none, or a newer ftlab's.
    """
    told = f"{archive}: {MANIFEST}"
    try:
        _require_known_format(raw, told)
        found = Manifest.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:100]
        raise ArchiveError(f"{told} is no manifest of ftlab's: {place}: {first['msg']}") from None
    except ValueError as error:
        raise ArchiveError(f"{told} is no JSON: {error}") from None
    if EVENTS not in found.files:
        raise ArchiveError(f"{told} names no {EVENTS}")
    for name in found.files:
        if not is_member_name(name):
            raise ArchiveError(f"{told} names {name[:100]!r}, which is no plain path in an archive")
    return found


def _require_known_format(raw: bytes, told: str) -> None:
    """Ask for the number of the format first: a newer one may have any other field."""
    plain = json.loads(raw)
    number = plain.get("format_number") if isinstance(plain, dict) else None
    if isinstance(number, int) and number > _FORMAT:
        raise ArchiveError(f"{told} was written by a newer ftlab: update ftlab to read it")
