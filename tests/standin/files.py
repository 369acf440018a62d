"""`/files`: what was uploaded and what jobs left."""

from __future__ import annotations

import base64

from tests.standin.calls import Call, Json
from tests.standin.errors import ApiError, bad_request, no_such_file
from tests.standin.replies import Reply, page
from tests.standin.state import HostedFile, State

_MOST_FILES = 10_000
_LARGEST = 512 * 1024 * 1024
_NAMES_OF_TRAINING_FILES = (".jsonl",)


class Files:
    """The endpoints of files."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, call: Call) -> Reply:
        assert call.form is not None
        sent = call.sent_file("file")
        purpose = call.form.fields["purpose"]
        check_file(sent.name, purpose, len(sent.content))
        expiry = call.form.fields.get("expires_after")
        seconds = int(expiry["seconds"]) if expiry else None
        return Reply(file_json(add_file(self._state, sent.name, sent.content, purpose, seconds)))

    def list_files(self, call: Call) -> Reply:
        purpose = call.query.get("purpose")
        found = [file for file in self._living() if purpose is None or file.purpose == purpose]
        descending = call.query.get("order", "desc") == "desc"
        if descending:
            found.reverse()
        found.sort(key=lambda file: file.created_at, reverse=descending)
        return page(
            call, found, file_json, lambda file: file.id, default=_MOST_FILES, maximum=_MOST_FILES
        )

    def retrieve(self, call: Call) -> Reply:
        file = self._find(call)
        self._look(file)
        return Reply(file_json(file))

    def content(self, call: Call) -> Reply:
        file = self._find(call)
        body = base64.b64encode(file.content) if file.encoding == "base64" else file.content
        return Reply(body, media_type="application/octet-stream")

    def delete(self, call: Call) -> Reply:
        file = self._find(call)
        del self._state.files[file.id]
        return Reply({"object": "file", "id": file.id, "deleted": True})

    def _living(self) -> list[HostedFile]:
        now = self._state.clock.timestamp()
        return [
            file
            for file in self._state.files.values()
            if file.expires_at is None or file.expires_at > now
        ]

    def _find(self, call: Call) -> HostedFile:
        file = self._state.files.get(call.parameters["file"])
        now = self._state.clock.timestamp()
        if file is None or (file.expires_at is not None and file.expires_at <= now):
            raise no_such_file(call.parameters["file"])
        return file

    def _look(self, file: HostedFile) -> None:
        file.looks += 1
        behaviour = self._state.behaviour
        if file.status != "uploaded" or file.looks < behaviour.looks_until_processed:
            return
        file.status = "error" if behaviour.processing_error else "processed"
        file.status_details = behaviour.processing_error


def add_file(
    state: State,
    filename: str,
    content: bytes,
    purpose: str,
    expires_after: int | None = None,
    created_at: int | None = None,
) -> HostedFile:
    """Keep a file; times in seconds."""
    created = state.clock.timestamp() if created_at is None else created_at
    file = HostedFile(
        id=state.new_id("file-", 22),
        filename=filename,
        purpose=purpose,
        content=content,
        created_at=created,
        expires_at=None if expires_after is None else created + expires_after,
    )
    if not state.behaviour.looks_until_processed:
        file.status = "processed"
    state.files[file.id] = file
    return file


def check_file(filename: str, purpose: str, size: int) -> None:
    """Refuse what cannot be a file of that purpose.

    Raises:
        ApiError: 400 or 413 with the reason.
    """
    if size == 0:
        raise bad_request("File is empty.", param="file")
    if size > _LARGEST:
        raise ApiError(413, "The file is larger than 512 MB. Use the Uploads API.", param="file")
    if purpose == "fine-tune" and not filename.endswith(_NAMES_OF_TRAINING_FILES):
        raise bad_request(
            f"Invalid file format. {filename} is not a .jsonl file, which the purpose 'fine-tune' "
            "needs.",
            param="file",
            code="invalid_file_format",
        )


def file_json(file: HostedFile) -> Json:
    return {
        "object": "file",
        "id": file.id,
        "purpose": file.purpose,
        "filename": file.filename,
        "bytes": len(file.content),
        "created_at": file.created_at,
        "expires_at": file.expires_at,
        "status": file.status,
        "status_details": file.status_details,
    }
