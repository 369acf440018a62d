"""A dataset version with one more example, which somebody wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.data.errors import DataError, RowError
from engine.data.shapes.canonical import canonical_line, ordered_example, ordered_message
from engine.data.versions.contents import lines_of
from engine.data.versions.recording import Counts, Draft, check_name, record_version
from store.queries import datasets as queries

if TYPE_CHECKING:
    from engine.lab import Lab
    from store.blobs import BlobWriter
    from store.queries.datasets import DatasetRow


def append_example(
    lab: Lab, name: str, messages: list[dict[str, Any]], origin: Mapping[str, Any]
) -> DatasetRow:
    """Record the newest version of a dataset with an example more; the first one, if there is none.

    The version before stays as it is, and is the parent of the new one.

    Args:
        lab: where.
        name: the dataset's name.
        messages: of the example, a role and a text each.
        origin: where the example is from, for the recipe, as plain JSON.

    Raises:
        WishError: if nothing can be named so.
        DataError: if the dataset is of another kind, has the example already, or the example is no
            text that can be stored.
    """
    check_name(name)
    record = ordered_example({"messages": [ordered_message(message) for message in messages]})
    try:
        line = canonical_line(record)
    except RowError as error:
        raise DataError(f"The example {error}: nothing was recorded.") from None
    before = _newest(lab, name)
    counts = _counts_of(before)
    counts.add(record)
    with lab.blobs.write() as blob:
        if before is not None:
            _copy(lab, before, line, blob)
        blob.write(line)
    recipe: dict[str, Any] = {"made": "written", **origin}
    if before is not None:
        recipe["of"] = f"{before.name}@{before.version}"
    parents = [] if before is None else [before.id]
    return record_version(lab, Draft(name, counts, parents, recipe), blob)[0]


def _newest(lab: Lab, name: str) -> DatasetRow | None:
    versions = queries.versions_of(lab.database.reader, name)
    return versions[-1] if versions else None


def _counts_of(version: DatasetRow | None) -> Counts:
    if version is None:
        return Counts()
    if version.kind != "chat":
        raise DataError(
            f"{version.name}@{version.version} has {version.kind} examples: "
            "an answer becomes a chat example. Name another dataset."
        )
    return Counts(version.examples, version.messages, version.characters, "chat")


def _copy(lab: Lab, version: DatasetRow, new: bytes, blob: BlobWriter) -> None:
    for line in lines_of(lab, version):
        if line == new:
            raise DataError(
                f"{version.name}@{version.version} has exactly this example already: "
                "nothing was recorded."
            )
        blob.write(line)
