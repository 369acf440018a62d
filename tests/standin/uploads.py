"""`/uploads`: large files in parts."""

from __future__ import annotations

import hashlib

from tests.standin.calls import Call, Json
from tests.standin.errors import ApiError, bad_request, not_found
from tests.standin.files import add_file, check_file, file_json
from tests.standin.replies import Reply
from tests.standin.state import State, Upload

_LARGEST_PART = 64 * 1024 * 1024
_LIFE = 3600
"""Seconds after which an upload that was not completed expires."""


class Uploads:
    """The endpoints of uploads."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, call: Call) -> Reply:
        wanted = call.sent_json
        check_file(wanted["filename"], wanted["purpose"], min(wanted["bytes"], 1))
        now = self._state.clock.timestamp()
        upload = Upload(
            id=self._state.new_id("upload_"),
            filename=wanted["filename"],
            purpose=wanted["purpose"],
            size=wanted["bytes"],
            created_at=now,
            expires_at=now + _LIFE,
            file_expires_after=wanted.get("expires_after", {}).get("seconds"),
        )
        self._state.uploads[upload.id] = upload
        return Reply(self._json(upload))

    def add_part(self, call: Call) -> Reply:
        upload = self._find_pending(call)
        content = call.sent_file("data").content
        if len(content) > _LARGEST_PART:
            raise ApiError(413, "A part can be at most 64 MB.", param="data")
        part = self._state.new_id("part_")
        upload.parts[part] = content
        return Reply(
            {
                "object": "upload.part",
                "id": part,
                "created_at": self._state.clock.timestamp(),
                "upload_id": upload.id,
            }
        )

    def complete(self, call: Call) -> Reply:
        upload = self._find_pending(call)
        content = _put_together(upload, call.sent_json["part_ids"])
        _check_content(upload, content, call.sent_json.get("md5"))
        file = add_file(
            self._state, upload.filename, content, upload.purpose, upload.file_expires_after
        )
        upload.status, upload.file = "completed", file.id
        upload.parts.clear()
        return Reply(self._json(upload))

    def cancel(self, call: Call) -> Reply:
        upload = self._find_pending(call)
        upload.status = "cancelled"
        upload.parts.clear()
        return Reply(self._json(upload))

    def _find_pending(self, call: Call) -> Upload:
        upload = self._state.uploads.get(call.parameters["upload"])
        if upload is None:
            raise not_found(f"No such Upload object: {call.parameters['upload']}", param="id")
        if upload.status == "pending" and upload.expires_at <= self._state.clock.timestamp():
            upload.status = "expired"
        if upload.status != "pending":
            raise bad_request(f"The upload {upload.id} is {upload.status} and takes nothing more.")
        return upload

    def _json(self, upload: Upload) -> Json:
        file = self._state.files.get(upload.file) if upload.file else None
        return {
            "object": "upload",
            "id": upload.id,
            "bytes": upload.size,
            "created_at": upload.created_at,
            "expires_at": upload.expires_at,
            "filename": upload.filename,
            "purpose": upload.purpose,
            "status": upload.status,
            "file": file_json(file) if file else None,
        }


def _put_together(upload: Upload, parts: list[str]) -> bytes:
    for part in parts:
        if part not in upload.parts:
            raise bad_request(f"There is no part {part} in {upload.id}.", param="part_ids")
    if len(set(parts)) < len(parts):
        raise bad_request("A part is named more than once.", param="part_ids")
    return b"".join(upload.parts[part] for part in parts)


def _check_content(upload: Upload, content: bytes, md5: str | None) -> None:
    if len(content) != upload.size:
        raise bad_request(
            f"The parts have {len(content)} bytes in total, and the upload was created for "
            f"{upload.size}.",
            param="part_ids",
        )
    if md5 is not None and hashlib.md5(content, usedforsecurity=False).hexdigest() != md5.lower():
        raise bad_request("The MD5 checksum does not match what was uploaded.", param="md5")
