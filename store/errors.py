"""What can go wrong in the store, in words that a user can act on."""

from __future__ import annotations


class StoreError(Exception):
    """Something that the store refuses or cannot do."""


class NotFoundError(StoreError):
    """No recorded thing has this id, name or prefix."""


class AmbiguousError(StoreError):
    """A prefix fits several recorded things."""


class StoreBusyError(StoreError):
    """Another process kept the database locked for longer than anyone should wait."""


class StreamConflictError(StoreError):
    """Somebody else appended to the stream since it was read.

    Attributes:
        stream: the stream's name.
        expected: the version that the writer had read.
        actual: the version that the stream has now.
    """

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        self.stream = stream
        self.expected = expected
        self.actual = actual
        super().__init__(
            f"{stream} is at version {actual}, not {expected}: "
            "somebody else recorded something meanwhile. Read it again and decide anew."
        )


class UnreadableEventError(StoreError):
    """What is recorded does not fit its event type.

    Attributes:
        seq: the event.
        type_name: its type's recorded name.
    """

    def __init__(self, seq: int, type_name: str) -> None:
        self.seq = seq
        self.type_name = type_name
        super().__init__(f"event {seq} ({type_name}) cannot be read: `ftlab verify` tells more")


class BlobCorruptError(StoreError):
    """A stored file's content no longer has the hash that names it."""
