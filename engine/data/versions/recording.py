"""Recording dataset versions: contents into the blobs, facts into the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError
from store.errors import StreamConflictError
from store.ids import new_id
from store.queries import datasets as queries
from store.queries.datasets import DatasetRow

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.events import DatasetVersionRecorded, Fact


@dataclass(slots=True)
class Counts:
    """What a dataset version is counted in."""

    examples: int = 0
    messages: int = 0
    characters: int = 0

    def add(self, record: dict[str, Any]) -> None:
        """Count one canonical example."""
        messages = record["messages"]
        self.examples += 1
        self.messages += len(messages)
        self.characters += sum(len(message.get("content") or "") for message in messages)


def known_version(lab: Lab, name: str, content: str) -> DatasetRow | None:
    """Return the version of this name that holds this content, if there is one."""
    versions = queries.versions_of(lab.database.reader, name)
    return next((version for version in versions if version.content == content), None)


def record_version(
    lab: Lab,
    name: str,
    content: str,
    size: int,
    counts: Counts,
    *,
    parent: str | None = None,
    recipe: dict[str, Any] | None = None,
    imported: Fact | None = None,
) -> tuple[DatasetRow, bool]:
    """Record content that is in the blobs as the next version of a name.

    Returns:
        The version, and whether it is new: content that the name already has makes none.
    """
    while True:
        stream = f"dataset/{name}"
        expected = lab.log.version(stream)
        known = known_version(lab, name, content)
        if known is not None:
            return known, False
        fact = _version_fact(lab, name, content, size, counts, parent, recipe or {})
        facts = [fact] if imported is None else [imported, fact]
        try:
            lab.log.append(stream, *facts, expected=expected)
        except StreamConflictError:
            continue
        return queries.dataset(lab.database.reader, fact.id), True


def _version_fact(
    lab: Lab,
    name: str,
    content: str,
    size: int,
    counts: Counts,
    parent: str | None,
    recipe: dict[str, Any],
) -> DatasetVersionRecorded:
    from store.events import DatasetVersionRecorded

    return DatasetVersionRecorded(
        id=new_id("ds"),
        name=name,
        version=len(queries.versions_of(lab.database.reader, name)) + 1,
        content=content,
        examples=counts.examples,
        messages=counts.messages,
        characters=counts.characters,
        bytes=size,
        parent=parent,
        recipe=recipe,
    )


def check_name(name: str) -> None:
    """Refuse a dataset name that could not be told apart from an id, a version or an option.

    Raises:
        DataError: with what is wrong about it.
    """
    allowed = all(
        part and part.replace("-", "").replace("_", "").replace(".", "").isalnum()
        for part in name.split("/")
    )
    if not allowed or name.startswith(("-", "ds_")):
        raise DataError(
            f"'{name}' cannot name a dataset: use letters, digits, '-', '_', '.' and '/', "
            "for example support-chats"
        )
