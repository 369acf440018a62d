"""Recording dataset versions: contents into the blobs, facts into the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError, WishError
from engine.data.shapes.example import Kind, Record, kind_of, messages_of, texts_of
from store.errors import StreamConflictError
from store.ids import new_id
from store.queries import datasets as queries
from store.queries.datasets import DatasetRow

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.blobs import BlobWriter
    from store.events import DatasetVersionRecorded, Fact

_LONGEST_NAME = 100
"""Characters of a name: it stands in tables and commands."""


@dataclass(slots=True)
class Counts:
    """What a dataset version is counted in.

    Attributes:
        examples: how many there are.
        messages: of all examples; both answers of a preference example count.
        characters: of the texts of those messages.
        kind: of the examples; None as long as there are none.
    """

    examples: int = 0
    messages: int = 0
    characters: int = 0
    kind: Kind | None = None

    def add(self, record: Record) -> None:
        """Count one example.

        Raises:
            DataError: if it is of another kind than those before it.
        """
        self._take_kind(kind_of(record))
        self._count(record, 1)

    def subtract(self, record: Record) -> None:
        """Take an example that was counted out again."""
        self._count(record, -1)

    def add_all(self, other: Counts) -> None:
        """Count what was counted elsewhere.

        Raises:
            DataError: if its examples are of another kind.
        """
        if other.kind is not None:
            self._take_kind(other.kind)
        self.examples += other.examples
        self.messages += other.messages
        self.characters += other.characters

    def _count(self, record: Record, sign: int) -> None:
        messages = messages_of(record)
        self.examples += sign
        self.messages += sign * len(messages)
        for message in messages:
            content = message.get("content")
            if isinstance(content, str):
                self.characters += sign * len(content)
            else:
                self.characters += sign * sum(map(len, texts_of(message)))

    def _take_kind(self, kind: Kind) -> None:
        if self.kind is None:
            self.kind = kind
        elif self.kind != kind:
            raise DataError(
                "There are chat examples and preference examples together: a dataset is of one "
                "kind. Add them as two."
            )


@dataclass(frozen=True, slots=True)
class Draft:
    """A dataset version before it is recorded.

    Attributes:
        name: the dataset's name.
        counts: what is in it.
        parents: the ids of the versions that it was made of.
        recipe: how it was made, as plain JSON.
    """

    name: str
    counts: Counts
    parents: Sequence[str] = ()
    recipe: dict[str, Any] = field(default_factory=dict)


def known_version(lab: Lab, name: str, content: str) -> DatasetRow | None:
    """Return the version of this name that holds this content, if there is one."""
    versions = queries.versions_of(lab.database.reader, name)
    return next((version for version in versions if version.content == content), None)


def record_version(
    lab: Lab,
    draft: Draft,
    blob: BlobWriter,
    imported: Fact | None = None,
    cause: int | None = None,
) -> tuple[DatasetRow, bool]:
    """Record content that is in the blobs as the next version of a name.

    Args:
        lab: where.
        draft: what it is.
        blob: what has written the content.
        imported: a fact to record before it, in the same transaction.
        cause: the seq of the event that led to it.

    Returns:
        The version, and whether it is new: content that the name already has makes none.
    """
    from store.log import Entry

    stream = f"dataset/{draft.name}"
    while True:
        expected = lab.log.version(stream)
        known = known_version(lab, draft.name, blob.hexdigest())
        if known is not None:
            return known, False
        fact = _version_fact(lab, draft, blob)
        facts = [fact] if imported is None else [imported, fact]
        try:
            lab.log.append(stream, *(Entry(each, cause=cause) for each in facts), expected=expected)
        except StreamConflictError:
            continue
        return queries.dataset(lab.database.reader, fact.id), True


def _version_fact(lab: Lab, draft: Draft, blob: BlobWriter) -> DatasetVersionRecorded:
    from store.events import DatasetVersionRecorded

    counts = draft.counts
    return DatasetVersionRecorded(
        id=new_id("ds"),
        name=draft.name,
        version=len(queries.versions_of(lab.database.reader, draft.name)) + 1,
        content=blob.hexdigest(),
        kind=counts.kind or "chat",
        examples=counts.examples,
        messages=counts.messages,
        characters=counts.characters,
        bytes=blob.size,
        parents=tuple(draft.parents),
        recipe=draft.recipe,
    )


def check_name(name: str, kind: str = "dataset", ids: str = "ds_") -> None:
    """Refuse a name that is too long, or could be taken for an id, a version or an option.

    Args:
        name: what somebody wants to call it.
        kind: what is called so.
        ids: how ids of its kind begin.

    Raises:
        WishError: with what is wrong about it.
    """
    allowed = all(
        part and part.replace("-", "").replace("_", "").replace(".", "").isalnum()
        for part in name.split("/")
    )
    if not allowed or name.startswith(("-", ids)):
        raise WishError(
            f"'{name}' cannot name a {kind}: use letters, digits, '-', '_', '.' and '/', "
            "for example support-chats"
        )
    if len(name) > _LONGEST_NAME:
        raise WishError(
            f"'{name[:20]}…' cannot name a {kind}: it has {len(name):,} characters, and names have "
            f"{_LONGEST_NAME} at most"
        )
